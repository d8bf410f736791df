"""A few invented households in files of the same shape as those of the Complete Journey."""

from pathlib import Path

import duckdb

HOUSEHOLDS = 40
_TABLES = {
    "transactions": """
        SELECT n % 40 + 1 AS household_id, (n * 37 % 900) / 4.0 AS sales_value
        FROM range(2000) t(n)""",
    "campaigns": "SELECT n % 3 + 1 AS campaign_id, n + 1 AS household_id FROM range(13) t(n)",
    "campaign_descriptions": """
        SELECT n + 1 AS campaign_id, 'Type ' || chr((65 + n)::INT) AS campaign_type
        FROM range(3) t(n)""",
    "demographics": """
        SELECT n * 2 + 1 AS household_id, '35-44' AS age, '50-74K' AS income,
               CASE WHEN n % 2 = 0 THEN 'Homeowner' END AS home_ownership,
               'Married' AS marital_status, '2' AS household_size,
               '2 Adults No Kids' AS household_comp, '0' AS kids_count
        FROM range(13) t(n)""",
}


def written(folder: Path) -> Path:
    """The folder, with a Parquet file for each table that is read."""
    with duckdb.connect(":memory:") as connection:
        for name, query in _TABLES.items():
            connection.execute(f"COPY ({query}) TO '{folder / name}.parquet' (FORMAT parquet)")
    return folder
