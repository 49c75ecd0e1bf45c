"""Exported rows as Parquet, which some loaders need: `python -m quarry.parquet DIR` makes train.parquet of train.jsonl, and so on.

Needs pyarrow (pip install quarry-verify[parquet]). Types are those of the rows: integers stay 64 bits wide, texts stay texts (a reader of
JSON would take some for dates), and no library's own metadata is written, which older readers stumble over.
"""
import argparse
import json
import os
import sys
from typing import Any, Dict, Iterator, List

CHUNK = 10000  #: rows of a row group


def _chunks(path: str) -> Iterator[List[Dict[str, Any]]]:
    rows: List[Dict[str, Any]] = []
    with open(path, encoding='utf-8') as f:
        for number, line in enumerate(f, 1):
            try:
                row = json.loads(line)
            except ValueError as e:
                raise ValueError('%s:%d: %s' % (path, number, e)) from None
            if not isinstance(row, dict):
                raise ValueError('%s:%d: the row is no object' % (path, number))
            rows.append(row)
            if len(rows) == CHUNK:
                yield rows
                rows = []
    if rows:
        yield rows


def _odd(rows: List[Dict[str, Any]], back: List[Dict[str, Any]]) -> int:
    return next((i for i, (a, b) in enumerate(zip(rows, back)) if a != b), 0)


def convert(source: str, target: str) -> int:
    """Write the rows of a .jsonl file to a Parquet file; how many there were. The target has its name only once it is whole.

    ValueError where the rows are not of one shape, so that a column would lose or change something.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    part, writer, n = target + '.part', None, 0
    try:
        for rows in _chunks(source):
            try:
                table = pa.Table.from_pylist(rows, schema=writer.schema if writer else None)
            except pa.ArrowException as e:
                raise ValueError('%s: rows %d to %d are not of one shape: %s' % (source, n + 1, n + len(rows), e)) from None
            back = table.to_pylist()
            if back != rows:
                raise ValueError('%s:%d: the row has other members than those before it' % (source, n + 1 + _odd(rows, back)))
            writer = writer or pq.ParquetWriter(part, table.schema, compression='zstd', store_schema=False)
            writer.write_table(table)
            n += len(rows)
        if not writer:
            raise ValueError('%s holds no rows' % source)
        writer.close()
        os.replace(part, target)
        return n
    except BaseException:
        try:
            if writer:
                writer.close()
        except OSError:  # on a full disk that fails as well
            pass
        if os.path.exists(part):
            os.unlink(part)
        raise


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m quarry.parquet', description='Make .parquet beside each .jsonl of a folder that `quarry export` wrote.')
    parser.add_argument('path', nargs='+', help='folders, or .jsonl files')
    for path in parser.parse_args().path:
        files = [path]
        if os.path.isdir(path):
            files = sorted(os.path.join(path, f) for f in os.listdir(path) if f.endswith('.jsonl'))
        for f in files:
            target = (f[:-len('.jsonl')] if f.endswith('.jsonl') else f) + '.parquet'
            try:
                print('%s: %d rows' % (target, convert(f, target)))
            except (OSError, ValueError, ImportError) as e:
                print('quarry.parquet: %s' % e, file=sys.stderr)
                return 2
    return 0


if __name__ == '__main__':
    sys.exit(main())
