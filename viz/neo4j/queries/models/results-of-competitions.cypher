// 競賽結果 · Results of competitions
MATCH (x)-[r:COMPETED_IN]->(c:Competition)
RETURN c.name AS competition, x.name AS entrant, r.rank AS rank, r.result AS result, r.date AS date
ORDER BY competition, rank, entrant
