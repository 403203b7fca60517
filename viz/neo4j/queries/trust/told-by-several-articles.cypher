// 好幾篇文章都說的事 · Told by several articles
MATCH (f:Fact)-[:SUPPORTED_BY]->(:Evidence)-[:IN_ARTICLE]->(a:Article)
WITH f, count(DISTINCT a) AS articles
WHERE articles > 1
MATCH (s:Entity)<-[:SUBJECT]-(f)-[:OBJECT]->(o:Entity)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, articles
ORDER BY articles DESC, subject, predicate, object
