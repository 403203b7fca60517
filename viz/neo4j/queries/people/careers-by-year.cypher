// 逐年經歷 · Careers by year
MATCH (p:Person)-[r:STUDIED_AT|WORKED_AT|LEADS|FOUNDED]->(o)
RETURN p.name AS person, coalesce(r.start, r.date, r.end) AS year, r.end AS until, type(r) AS what, o.name AS where, coalesce(r.role, r.degree) AS role
ORDER BY person, year, what, where
