/*
title: Indeks kepuasan masyarakat per instansi per bulan
title_en: Public satisfaction index per institution and month
description: >-
  IKM by PermenPAN-RB 14/2017, exact: NRR of an element is the sum of its scores by the number who answered it, IKM is
  25 times the mean of the elements that were answered at all. ikm_bobot_011 is what the common rounding of the weight
  1/9 to 0.11 gives, for comparison with old reports. Classes are read from the index rounded to two decimals. Of
  several answers of one device for one service on one day the first counts. penerima_layanan are the tickets that the
  institution finished in the month; sampel_minimal is the Krejcie-Morgan size for it, or the limit 384 where the number
  is not known. n_puas counts the respondents whose own answers are good (3) or better on average. With fewer than five
  answers the values are left empty, at village institutions the number too.
owner: setda
grain: one institution in one month (WIB)
kind: table
key: [bulan, kode_instansi]
slice: bulan
sources:
  data.skm_respons: CAST(CAST(CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS INT) - CAST(EXTRACT(DAY FROM dikirim_pada + INTERVAL '7 hours') AS INT) + 1 AS DATE)
  mart.tiket: CAST(CAST(tanggal AS INT) - CAST(EXTRACT(DAY FROM tanggal) AS INT) + 1 AS DATE)
  ref.instansi: all
institution: kode_instansi
access: pimpinan
classification: terbatas
*/
WITH respons AS (
    SELECT
        *,
        CAST(date_trunc('month', dikirim_pada + INTERVAL '7 hours') AS DATE) AS bulan,
        CAST(dikirim_pada + INTERVAL '7 hours' AS DATE) AS tanggal,
        coalesce(u_persyaratan, 0) + coalesce(u_prosedur, 0) + coalesce(u_waktu, 0) + coalesce(u_biaya, 0)
            + coalesce(u_produk, 0) + coalesce(u_kompetensi, 0) + coalesce(u_perilaku, 0) + coalesce(u_pengaduan, 0)
            + coalesce(u_sarana, 0) AS jumlah_nilai,
        CASE WHEN u_persyaratan IS NULL THEN 0 ELSE 1 END + CASE WHEN u_prosedur IS NULL THEN 0 ELSE 1 END
            + CASE WHEN u_waktu IS NULL THEN 0 ELSE 1 END + CASE WHEN u_biaya IS NULL THEN 0 ELSE 1 END
            + CASE WHEN u_produk IS NULL THEN 0 ELSE 1 END + CASE WHEN u_kompetensi IS NULL THEN 0 ELSE 1 END
            + CASE WHEN u_perilaku IS NULL THEN 0 ELSE 1 END + CASE WHEN u_pengaduan IS NULL THEN 0 ELSE 1 END
            + CASE WHEN u_sarana IS NULL THEN 0 ELSE 1 END AS terjawab
    FROM data.skm_respons
),
urut AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY bulan, kode_instansi, perangkat, kode_layanan, tanggal ORDER BY dikirim_pada, respons_id
        ) AS ke
    FROM respons
),
jumlah AS (
    SELECT
        bulan,
        kode_instansi,
        count(*) AS n,
        count(*) FILTER (WHERE jumlah_nilai >= 3 * terjawab) AS n_puas,
        avg(u_persyaratan) AS persyaratan,
        avg(u_prosedur) AS prosedur,
        avg(u_waktu) AS waktu,
        avg(u_biaya) AS biaya,
        avg(u_produk) AS produk,
        avg(u_kompetensi) AS kompetensi,
        avg(u_perilaku) AS perilaku,
        avg(u_pengaduan) AS pengaduan,
        avg(u_sarana) AS sarana
    FROM urut
    -- Who cannot be told apart counts every time.
    WHERE ke = 1 OR perangkat IS NULL
    GROUP BY bulan, kode_instansi
),
unsur AS (
    SELECT
        *,
        coalesce(persyaratan, 0) + coalesce(prosedur, 0) + coalesce(waktu, 0) + coalesce(biaya, 0) + coalesce(produk, 0)
            + coalesce(kompetensi, 0) + coalesce(perilaku, 0) + coalesce(pengaduan, 0) + coalesce(sarana, 0) AS jumlah_nrr,
        CASE WHEN persyaratan IS NULL THEN 0 ELSE 1 END + CASE WHEN prosedur IS NULL THEN 0 ELSE 1 END
            + CASE WHEN waktu IS NULL THEN 0 ELSE 1 END + CASE WHEN biaya IS NULL THEN 0 ELSE 1 END
            + CASE WHEN produk IS NULL THEN 0 ELSE 1 END + CASE WHEN kompetensi IS NULL THEN 0 ELSE 1 END
            + CASE WHEN perilaku IS NULL THEN 0 ELSE 1 END + CASE WHEN pengaduan IS NULL THEN 0 ELSE 1 END
            + CASE WHEN sarana IS NULL THEN 0 ELSE 1 END AS unsur_terjawab,
        least(persyaratan, prosedur, waktu, biaya, produk, kompetensi, perilaku, pengaduan, sarana) AS terendah
    FROM jumlah
),
penerima AS (
    SELECT CAST(date_trunc('month', tanggal) AS DATE) AS bulan, kode_instansi, count(*) AS penerima
    FROM mart.tiket
    WHERE status = 'selesai'
    GROUP BY CAST(date_trunc('month', tanggal) AS DATE), kode_instansi
),
jenis AS (
    SELECT id, bool_or(jenis = 'desa') AS desa FROM ref.instansi WHERE id IS NOT NULL GROUP BY id
),
nilai AS (
    SELECT
        u.*,
        p.penerima,
        u.n < 5 AS sedikit,
        coalesce(j.desa, false) AS desa,
        25.0 * u.jumlah_nrr / nullif(u.unsur_terjawab, 0) AS ikm,
        -- Half away from zero on the decimal value: the small addition undoes what binary fractions lose (76.605).
        round(25.0 * u.jumlah_nrr / nullif(u.unsur_terjawab, 0) + 0.0000001, 2) AS ikm_2,
        -- N/(N-1 ...) with X2 = 3.841, P = 0.5, d = 0.05; never more than everybody.
        CAST(round(coalesce(
            3.841 * p.penerima * 0.25 / (0.0025 * (p.penerima - 1) + 3.841 * 0.25),
            384
        )) AS BIGINT) AS sampel_minimal
    FROM unsur u
    LEFT JOIN penerima p ON p.bulan = u.bulan AND p.kode_instansi = u.kode_instansi
    LEFT JOIN jenis j ON j.id = u.kode_instansi
)
SELECT
    bulan,
    kode_instansi,
    CASE WHEN sedikit AND desa THEN NULL ELSE n END AS n,
    CASE WHEN sedikit THEN NULL ELSE n_puas END AS n_puas,
    penerima AS penerima_layanan,
    sampel_minimal,
    n >= sampel_minimal AS sampel_cukup,
    CASE WHEN sedikit THEN NULL ELSE ikm_2 END AS ikm,
    CASE WHEN sedikit THEN NULL ELSE ikm END AS ikm_eksak,
    CASE WHEN sedikit OR unsur_terjawab < 9 THEN NULL ELSE round(25.0 * 0.11 * jumlah_nrr, 2) END AS ikm_bobot_011,
    CASE
        WHEN sedikit OR ikm_2 IS NULL THEN NULL
        WHEN ikm_2 >= 88.31 THEN 'A'
        WHEN ikm_2 >= 76.61 THEN 'B'
        WHEN ikm_2 >= 65.00 THEN 'C'
        ELSE 'D'
    END AS mutu,
    CASE
        WHEN sedikit OR terendah IS NULL THEN NULL
        WHEN persyaratan = terendah THEN 'persyaratan'
        WHEN prosedur = terendah THEN 'prosedur'
        WHEN waktu = terendah THEN 'waktu'
        WHEN biaya = terendah THEN 'biaya'
        WHEN produk = terendah THEN 'produk'
        WHEN kompetensi = terendah THEN 'kompetensi'
        WHEN perilaku = terendah THEN 'perilaku'
        WHEN pengaduan = terendah THEN 'pengaduan'
        ELSE 'sarana'
    END AS unsur_terendah,
    CASE WHEN sedikit THEN NULL ELSE round(persyaratan, 4) END AS nrr_persyaratan,
    CASE WHEN sedikit THEN NULL ELSE round(prosedur, 4) END AS nrr_prosedur,
    CASE WHEN sedikit THEN NULL ELSE round(waktu, 4) END AS nrr_waktu,
    CASE WHEN sedikit THEN NULL ELSE round(biaya, 4) END AS nrr_biaya,
    CASE WHEN sedikit THEN NULL ELSE round(produk, 4) END AS nrr_produk,
    CASE WHEN sedikit THEN NULL ELSE round(kompetensi, 4) END AS nrr_kompetensi,
    CASE WHEN sedikit THEN NULL ELSE round(perilaku, 4) END AS nrr_perilaku,
    CASE WHEN sedikit THEN NULL ELSE round(pengaduan, 4) END AS nrr_pengaduan,
    CASE WHEN sedikit THEN NULL ELSE round(sarana, 4) END AS nrr_sarana
FROM nilai
