//! Tables that no model answers for any more, and those whose sources became more secret: nobody below a steward reads
//! them.

use super::fixture::{Hub, identity, model, steward};
use crate::model::ModelFile;
use smartcenter_warehouse::{
    Kind,
    contract::{Layer, Origin},
    policy::Role,
};

const TEMPAT: &str = r#"
apiVersion: v3.1.0
kind: DataContract
id: urn:test:tempat
name: Tempat
version: 1.0.0
status: active
schema:
  - name: tempat
    customProperties:
      - {property: owner, value: dukcapil}
      - {property: classification, value: terbuka}
    properties:
      - {name: kode, logicalType: string, required: true, primaryKey: true}
      - {name: telepon, logicalType: string}
"#;

fn text(access: &str, read: &str, columns: &str) -> String {
    let class = if access == "publik" { "terbuka" } else { "terbatas" };
    format!(
        "/*\ntitle: Tempat\ntitle_en: t\ndescription: d\nowner: kominfo\ngrain: g\nkind: table\nkey: [kode]\nsources:\n  \
         {read}: all\naccess: {access}\nclassification: {class}\n*/\nSELECT {columns} FROM {read}"
    )
}

/// A table for everybody, one that boards read, and one above it.
fn models() -> Vec<ModelFile> {
    vec![
        model("tempat_umum", &text("publik", "data.tempat", "kode, telepon")),
        model("tempat_papan", &text("pimpinan", "data.tempat", "kode, telepon")),
        model(
            "tempat_atas",
            &text("analis", "mart.tempat_papan", "kode, telepon AS nomor"),
        ),
    ]
}

const ALL: [&str; 3] = ["tempat_umum", "tempat_papan", "tempat_atas"];

fn owner() -> smartcenter_warehouse::policy::Identity {
    let mut owner = identity(Role::Opd);
    owner.institution = Some("kominfo".parse().unwrap());
    owner.purpose = Some("uji".to_owned());
    owner
}

/// Who reads a row of the table, by its schema `mart` or `history`.
async fn readers(hub: &Hub, name: &str) -> Vec<&'static str> {
    let mut service = identity(Role::Layanan);
    service.scopes = vec![format!("read:{name}"), format!("lookup:{name}")];
    service.purpose = Some("uji".to_owned());
    let who = [
        ("publik", identity(Role::Publik)),
        ("pimpinan", identity(Role::Pimpinan)),
        ("opd", owner()),
        ("layanan", service),
        ("analis", identity(Role::Analis)),
        ("walidata", steward()),
    ];
    let mut found = Vec::new();
    for (label, who) in who {
        let mut open = false;
        for schema in ["mart", "history"] {
            match hub
                .lines_of(&who, &format!("SELECT * FROM {schema}.{name}"), None)
                .await
            {
                Ok(rows) => open |= !rows.is_empty(),
                Err(error) => assert_eq!(error.kind(), Kind::Invalid, "{error}"),
            }
        }
        if open {
            found.push(label);
        }
    }
    found
}

async fn hub() -> Hub {
    let hub = Hub::new(&[TEMPAT]).await;
    hub.push("tempat", "kode,telepon\na,0812\nb,0813\n").await;
    hub
}

fn told(hub: &Hub, name: &str) -> Option<String> {
    let models = hub.warehouse.models();
    let record = models.records.iter().find(|record| record.name == name);
    record
        .unwrap_or_else(|| panic!("no record of {name}"))
        .last_error
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_becomes_secret_closes_what_passes_it_on() {
    let hub = hub().await;
    let engine = hub.engine(models());
    engine.bring_up_to_date().await.unwrap();
    let everybody = ["publik", "pimpinan", "opd", "layanan", "analis", "walidata"];
    assert_eq!(readers(&hub, "tempat_umum").await, everybody);
    assert_eq!(readers(&hub, "tempat_papan").await, everybody[1..]);
    assert_eq!(readers(&hub, "tempat_atas").await, everybody[2..]);

    let secret = TEMPAT.replace("1.0.0", "1.0.1").replace(
        "telepon, logicalType: string",
        "telepon, logicalType: string, classification: pribadi",
    );
    hub.warehouse.put_contract(&secret, Origin::Api, false).await.unwrap();
    // At once, before any model was judged anew.
    for name in ALL {
        assert_eq!(readers(&hub, name).await, ["walidata"], "{name}");
    }

    engine.bring_up_to_date().await.unwrap();
    for name in ["tempat_umum", "tempat_papan"] {
        assert!(told(&hub, name).unwrap().contains("personal columns (telepon)"));
        assert_eq!(readers(&hub, name).await, ["walidata"], "{name}");
    }

    // Without the column the models are what they were, for those they were for.
    let sound: Vec<ModelFile> = vec![
        model(
            "tempat_umum",
            &text("publik", "data.tempat", "kode, CAST(NULL AS VARCHAR) AS telepon"),
        ),
        model("tempat_papan", &text("analis", "data.tempat", "kode, telepon")),
        model(
            "tempat_atas",
            &text("analis", "mart.tempat_papan", "kode, telepon AS nomor"),
        ),
    ];
    let engine = hub.engine(sound);
    engine.bring_up_to_date().await.unwrap();
    assert_eq!(told(&hub, "tempat_umum"), None);
    assert_eq!(readers(&hub, "tempat_umum").await[..2], ["publik", "pimpinan"]);
    let analyst = identity(Role::Analis);
    for sql in [
        "SELECT kode, telepon FROM mart.tempat_papan ORDER BY 1",
        "SELECT kode, nomor FROM mart.tempat_atas ORDER BY 1",
    ] {
        assert_eq!(
            hub.lines_of(&analyst, sql, None).await.unwrap(),
            ["a|-", "b|-"],
            "{sql}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_major_of_a_model_is_nobodys() {
    let hub = hub().await;
    hub.engine(models()).bring_up_to_date().await.unwrap();
    let mut fewer = models();
    fewer[0] = model("tempat_umum", &text("publik", "data.tempat", "kode"));
    hub.engine(fewer).bring_up_to_date().await.unwrap();
    assert_eq!(hub.contract("tempat_umum").version.major, 2);
    assert_eq!(
        hub.lines_of(
            &identity(Role::Publik),
            "SELECT * FROM mart.tempat_umum ORDER BY 1",
            None
        )
        .await
        .unwrap(),
        ["a", "b"]
    );
    for who in [
        identity(Role::Publik),
        identity(Role::Pimpinan),
        identity(Role::Analis),
        owner(),
        steward(),
    ] {
        for schema in ["mart", "history"] {
            let sql = format!("SELECT telepon FROM {schema}.tempat_umum_v1");
            assert_eq!(
                hub.lines_of(&who, &sql, None).await.unwrap_err().kind(),
                Kind::Invalid,
                "{sql}"
            );
        }
        let names = "SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%_v1'";
        assert_eq!(hub.lines_of(&who, names, None).await.unwrap(), Vec::<String>::new());
    }
    // And not after a restart either.
    let hub = hub.restarted().await;
    let sql = "SELECT telepon FROM mart.tempat_umum_v1";
    assert_eq!(
        hub.lines_of(&steward(), sql, None).await.unwrap_err().kind(),
        Kind::Invalid
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_its_model_is_left_to_stewards() {
    let hub = hub().await;
    hub.engine(models()).bring_up_to_date().await.unwrap();
    let view = "/*\ntitle: t\ntitle_en: t\ndescription: d\nowner: kominfo\ngrain: g\nkind: view\n*/\nSELECT kode FROM data.tempat";
    let engine = hub.engine(vec![model("tempat_papan", view)]);
    engine.bring_up_to_date().await.unwrap();
    assert!(told(&hub, "tempat_umum").unwrap().contains("no such model any more"));
    assert!(told(&hub, "tempat_papan").unwrap().contains("was a table"));
    assert_eq!(readers(&hub, "tempat_umum").await, ["walidata"]);
    assert_eq!(readers(&hub, "tempat_atas").await, ["walidata"]);
    let board = hub
        .lines_of(&identity(Role::Pimpinan), "SELECT * FROM mart.tempat_papan", None)
        .await;
    assert_eq!(
        board.unwrap_err().kind(),
        Kind::Invalid,
        "the view is nothing for boards, and hides no old table"
    );
    let analyst = hub
        .lines_of(
            &identity(Role::Analis),
            "SELECT * FROM mart.tempat_papan ORDER BY 1",
            None,
        )
        .await;
    assert_eq!(analyst.unwrap(), ["a", "b"], "the view itself is there");

    // The contract itself is closed: a start without models opens nothing.
    drop(engine);
    let hub = hub.restarted().await;
    let closed = hub.contract("tempat_umum");
    assert!(!closed.public, "{}", closed.text);
    for who in [Role::Publik, Role::Pimpinan, Role::Analis] {
        let seen = hub
            .lines_of(&identity(who), "SELECT * FROM mart.tempat_umum", None)
            .await;
        assert_eq!(seen.unwrap_err().kind(), Kind::Invalid, "{who:?}");
    }
    let version = closed.version.clone();
    hub.engine(Vec::new()).bring_up_to_date().await.unwrap();
    assert_eq!(hub.contract("tempat_umum").version, version, "closed once");

    // A model that comes back opens its table, whose rows are the present ones.
    hub.push("tempat", "kode,telepon\nc,0814\n").await;
    hub.engine(models()).bring_up_to_date().await.unwrap();
    assert_eq!(told(&hub, "tempat_umum"), None);
    let everybody = hub
        .lines_of(
            &identity(Role::Publik),
            "SELECT * FROM mart.tempat_umum ORDER BY 1",
            None,
        )
        .await;
    assert_eq!(everybody.unwrap(), ["a|0812", "b|0813", "c|0814"]);
}

/// A file of the site, or of a new release, may have the name of a model when the hub starts.
#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_that_takes_the_name_of_a_model_has_none_of_its_rows() {
    // Of the same major.
    let taken = TEMPAT.replace("tempat", "tempat_umum");
    let taken = taken.replace("kode, logicalType", "kode, description: milik situs, logicalType");
    for killed in [true, false] {
        let hub = hub().await;
        hub.engine(models()).bring_up_to_date().await.unwrap();
        let titled = text("publik", "data.tempat", "kode, telepon").replace("title: Tempat", "title: Lain");
        hub.engine(vec![model("tempat_umum", &titled)])
            .bring_up_to_date()
            .await
            .unwrap();
        assert_eq!(
            hub.contract("tempat_umum").version.to_string(),
            "1.0.1",
            "the newer of the two"
        );
        let folder = hub.folder.path().join("contracts");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("tempat_umum.yaml"), &taken).unwrap();
        let hub = if killed {
            hub.killed().await
        } else {
            hub.restarted().await
        };
        assert_eq!(hub.contract("tempat_umum").layer, Layer::Data, "killed: {killed}");
        for schema in ["data", "history"] {
            let sql = format!("SELECT count(*) FROM {schema}.tempat_umum");
            assert_eq!(hub.lines(&sql).await, ["0"], "{schema}, killed: {killed}");
        }
        hub.push("tempat_umum", "kode,telepon\nz,1\n").await;
        hub.engine(models()).bring_up_to_date().await.unwrap();
        assert!(
            told(&hub, "tempat_umum")
                .unwrap()
                .contains("the name of a dataset already")
        );
        assert_eq!(hub.lines("SELECT kode FROM data.tempat_umum").await, ["z"]);
        // The other way round the model begins with a table of its own as well.
        std::fs::remove_file(folder.join("tempat_umum.yaml")).unwrap();
        let hub = hub.restarted().await;
        hub.engine(models()).bring_up_to_date().await.unwrap();
        assert_eq!(
            hub.lines("SELECT kode FROM history.tempat_umum ORDER BY 1").await,
            ["a", "b"]
        );
    }
}
