// 每項事實的出處 · Evidence of every fact
MATCH (s:Entity)<-[:SUBJECT]-(f:Fact)-[:OBJECT]->(o:Entity)
MATCH (f)-[:SUPPORTED_BY]->(e:Evidence)-[:IN_ARTICLE]->(a:Article)
RETURN s.name AS subject, f.predicate AS predicate, o.name AS object, e.quote AS quote, a.title AS article, a.url AS url
ORDER BY subject, predicate, object, article, quote
