// 模型在評測上的成績 · Models against benchmarks
MATCH (m)-[r:EVALUATED_ON]->(b:Benchmark)
RETURN b.name AS benchmark, m.name AS model, r.score AS score, r.rank AS rank
ORDER BY benchmark, score DESC, model
