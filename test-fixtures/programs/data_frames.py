"""Work with pandas and numpy on numbers that are always the same; prints what came out."""

import io

import numpy as np
import pandas as pd

random = np.random.default_rng(7)
rows = 200_000
table = pd.DataFrame(
    {
        "key": random.integers(0, 1000, rows),
        "city": random.choice(["Oslo", "Rome", "Kyiv", "Lima"], rows),
        "value": random.normal(size=rows).round(6),
        "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 10**7, rows), unit="s"),
    }
)
grouped = table.groupby(["city", "key"])["value"].agg(["sum", "mean", "count"]).reset_index()
joined = table.merge(grouped, on=["city", "key"]).sort_values(["key", "when", "value"], kind="stable")
text = io.StringIO()
joined.head(20_000).to_csv(text, index=False)
back = pd.read_csv(io.StringIO(text.getvalue()), parse_dates=["when"])
print(back.describe().round(4).to_string())
print(table.set_index("when")["value"].resample("1D").mean().round(6).tail().to_string())
matrix = random.normal(size=(300, 300))
print(np.round(np.linalg.svd(matrix @ matrix.T)[1][:5], 3), np.sort(matrix, axis=None)[:3])
