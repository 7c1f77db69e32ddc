/*
title: Daftar instansi
title_en: List of institutions
description: >-
  Name of every institution by its id, those of old included, so that boards can name the institutions of older figures.
  Of several names in the list of codes the youngest counts.
owner: kominfo
grain: one institution
kind: table
key: [id]
sources:
  ref.instansi: all
access: publik
classification: terbuka
*/
SELECT id, last_value(nama ORDER BY tahun_mulai NULLS FIRST, kode) AS nama, last_value(jenis ORDER BY tahun_mulai NULLS FIRST, kode) AS jenis
FROM ref.instansi
GROUP BY id
