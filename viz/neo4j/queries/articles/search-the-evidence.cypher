// 全文檢索（改掉引號裡的字） · Full text (change the words in quotation marks)
CALL db.index.fulltext.queryNodes('Evidence[search]', '"創辦"') YIELD node, score
MATCH (node)-[:IN_ARTICLE]->(a:Article)
RETURN node.quote AS quote, a.title AS article, score
ORDER BY score DESC, article, quote
