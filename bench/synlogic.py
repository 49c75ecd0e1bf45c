#!/usr/bin/env python3
"""Generation against SynLogic's own, CPU time of one thread each, in one run: synlogic.py CHECKOUT BUILD [TASK...]

CHECKOUT is a checkout of github.com/MiniMax-AI/SynLogic, BUILD our build directory. Their generators are imported from the checkout and
need numpy, pandas, sympy, math-verify, inflect, markdown, nltk and english_words; a task that cannot be imported is left out and said so.
Both sides make items: puzzle, answer and prompt; "record" is the ratio with our canonical form and measured effort besides, which theirs lack;
"right" how many of their items have a stored answer that solves the puzzle, by `quarry check`: an item without one is counted all the same.
Settings are theirs (defaults and those of their run.sh), ours at equal knobs; where ours proves that there is one answer and theirs does not,
the last column says so.
"""
import contextlib
import importlib
import inspect
import io
import json
import logging
import math
import os
import random
import subprocess
import sys
import tempfile
import time

PATIENCE = float(os.environ.get('PATIENCE', 3))  # CPU seconds for each setting of theirs

# our task, their module and arguments, our knobs; unproved: their items may have several answers
SETTINGS = [
    ('arrow_maze', 'arrow_maze', dict(width=8, height=8), 'width=8 height=8 arrow_fill_min=0 arrow_fill_max=0 minimal=0'),
    ('arrow_maze', 'arrow_maze', dict(width=5, height=5, arrow_fill_rate_min=0.3, arrow_fill_rate_max=0.9), 'width=5 height=5 arrow_fill_min=30 arrow_fill_max=90 minimal=0'),
    ('boolean_expressions', 'boolean_expressions', dict(min_depth=2, max_depth=5, min_options=3, max_options=6), 'letters=5 depth_lo=2 depth_hi=5 ops=1 compare=40 arith=2 number=12'),
    ('boolean_expressions', 'boolean_expressions', dict(min_depth=4, max_depth=4, min_options=6, max_options=6), 'letters=6 depth_lo=4 depth_hi=4 ops=1 compare=40 arith=2 number=12'),
    ('buggy_tables', 'game_of_buggy_tables', {}, 'rows_min=25 rows_max=40 cols=18 kinds=253 bugs=1 rate_min=5 rate_max=20 conditions_min=2 conditions_max=3 columns=2'),
    ('calcudoko', 'calcudoko', dict(grid_size=4), 'size=4'),
    ('calcudoko', 'calcudoko', dict(grid_size=6), 'size=6'),
    ('campsite', 'campsite', dict(n=5, m=10, tree_density=0.2), 'n=5 m=10 tree_density=20 technique=0'),
    ('campsite', 'campsite', dict(n=4, m=4, tree_density=0.2), 'n=4 m=4 tree_density=20 technique=0'),
    ('cryptarithm', 'cryptarithm', dict(num_letter=4, operator_num=2, operator_level=2), 'num_letter=4 operator_num=2 operator_level=2 word_lo=1 word_hi=6 try_lo=0 try_hi=1000'),
    ('cryptarithm', 'cryptarithm', dict(num_letter=8, operator_num=1, operator_level=1), 'num_letter=8 operator_num=1 operator_level=2 word_lo=1 word_hi=6 try_lo=0 try_hi=1000'),
    ('dyck_language', 'dyck_language', dict(n_types=3), 'kinds=3 open_min=4 open_max=10 pairs_min=4 pairs_max=12'),
    ('dyck_language', 'dyck_language', dict(n_types=4, total_length=60, to_fill_length=20), 'kinds=4 open_min=20 open_max=20 pairs_min=10 pairs_max=10'),
    ('dyck_language_errors', 'dyck_language_errors', dict(n_types=3, total_length=20), 'kinds=3 length_min=20 length_max=20'),
    ('dyck_language_errors', 'dyck_language_errors', dict(n_types=4, total_length=100), 'kinds=4 length_min=100 length_max=100'),
    ('dyck_language_reasoning_errors', 'dyck_language_reasoning_errors', dict(n_types=3, total_length=20), 'kinds=3 length_min=20 length_max=20 errors_min=1 errors_max=5'),
    ('dyck_language_reasoning_errors', 'dyck_language_reasoning_errors', dict(n_types=2, total_length=10, n_errors=1), 'kinds=2 length_min=10 length_max=10 errors_min=1 errors_max=1'),
    ('futoshiki', 'futoshiki_generator', dict(grid_size=4, num_inequality_signs=4, num_prefilled_coords=2), 'size=4 signs_min=4 signs_max=4 givens_min=2 givens_max=2 technique_min=0 technique_max=6'),
    ('futoshiki', 'futoshiki_generator', dict(grid_size=5, num_inequality_signs=10, num_prefilled_coords=5), 'size=5 signs_min=10 signs_max=10 givens_min=5 givens_max=5 technique_min=0 technique_max=6'),
    ('game_of_24', 'game_of_24', {}, 'count=4 number_lo=1 number_hi=9 target_lo=24 target_hi=24 ops=3 ways=10000'),
    ('game_of_24', 'game_of_24', dict(num_of_numbers=3), 'count=3 number_lo=1 number_hi=9 target_lo=24 target_hi=24 ops=3 ways=10000'),
    ('goods_exchange', 'goods_exchange', dict(num_people=5, operator_num=3), 'people=5 events=3 indirect=0 round=0 condition=0 undo=0 all=0'),
    ('goods_exchange', 'goods_exchange', dict(num_people=20, operator_num=50), 'people=20 events=50 indirect=0 round=0 condition=0 undo=0 all=0'),
    ('kukurasu', 'kukurasu', dict(n=4, m=4, ones_probability=0.3), 'rows=4 cols=4 percent=30 technique=3 rounds=1 trials=0'),
    ('kukurasu', 'kukurasu', dict(n=6, m=6, ones_probability=0.3), 'rows=6 cols=6 percent=30 technique=3 rounds=1 trials=0'),
    ('math_path', 'math_path', dict(n=4, x_prob=100), 'n=4 x_prob=100 operator_level=4 brackets=2 rare=0'),
    ('math_path', 'math_path', dict(n=10, x_prob=50), 'n=10 x_prob=50 operator_level=4 brackets=2 rare=0'),
    ('math_path', 'math_path', dict(n=20, x_prob=100), 'n=20 x_prob=100 operator_level=4 brackets=2 rare=0'),
    ('minesweeper', 'minesweeper', dict(n=8, mine_den=0.2, reveal_frac=0.4), 'height=8 width=8 mines_min=20 mines_max=20 reveal_min=40 reveal_max=40 minimal=0'),
    ('minesweeper', 'minesweeper', dict(n=16, mine_den=0.4, reveal_frac=0.4), 'height=16 width=16 mines_min=40 mines_max=40 reveal_min=40 reveal_max=40 minimal=0'),
    ('norinori', 'norinori', dict(n=5, region_nums_range=(3, 5), shadow_ratio=0.1), 'n=5 regions_min=3 regions_max=5 shadow=10'),
    ('number_wall', 'number_wall', dict(n=5, number_rate=0.2), 'rows=5 cols=5 islands_min=4 islands_max=4 connected=0 corners=1 size_max=20 technique=5 rounds=1 trials=0'),
    ('number_wall', 'number_wall', dict(n=3, number_rate=0.2), 'rows=3 cols=3 islands_min=1 islands_max=1 connected=0 corners=1 size_max=20 technique=5 rounds=1 trials=0'),
    ('numbrix', 'numbrix', dict(n=6, fill_rate=0.3), 'size=6 given_min=30 given_max=30 ends=1 minimal=0'),
    ('numbrix', 'numbrix', dict(n=9, fill_rate=0.3), 'size=9 given_min=30 given_max=30 ends=1 minimal=0'),
    ('object_counting', 'object_counting', dict(language='mixed'), 'people=8 items=4 others=10 count=100 events=4 asked=1'),
    ('object_properties', 'object_properties', {}, 'min_items=10 max_items=15 min_events=2 max_events=3 asked=1'),
    ('operation', 'operation', {}, 'num_symbols=2 operands=4 definition_num_symbols_max=4 condition_rate=50 bracket_rate=30 abs_rate=40'),
    ('skyscraper_puzzle', 'skyscraper_puzzle', dict(n=4), 'size=4 clues_min=16 clues_max=16 givens_min=0 givens_max=16 technique_min=0 technique_max=6'),
    ('skyscraper_puzzle', 'skyscraper_puzzle', dict(n=6), 'size=6 clues_min=24 clues_max=24 givens_min=0 givens_max=36 technique_min=0 technique_max=6'),
    ('space_reasoning', 'space_reasoning', dict(n=5, num_waypoints=10, unknown_node_num=5), 'lattice=4 size=5 items=15 bends=0 jumps=1 jump_chance=50 unknown=5 late=0 back=0 stop_bends=3 asked=1'),
    ('space_reasoning_tree', 'space_reasoning_tree', dict(min_nodes=50, max_nodes=100), 'min_nodes=50 max_nodes=100 generations=5 ask=0 indirect=0 extra=0 deep=1 least=1 children=6'),
    ('space_reasoning_tree', 'space_reasoning_tree', dict(min_nodes=200, max_nodes=300), 'min_nodes=200 max_nodes=300 generations=5 ask=0 indirect=0 extra=0 deep=1 least=1 children=6'),
    ('star_placement_puzzle', 'star_placement_puzzle', dict(n=5, k=1), 'n=5 k=1'),
    ('star_placement_puzzle', 'star_placement_puzzle', dict(n=8, k=2), 'n=8 k=2'),
    ('sudoku', 'sudoku', dict(difficulty=1), 'box_w=3 box_h=3 blanks_min=1 blanks_max=11 technique=0'),
    ('sudoku', 'sudoku', dict(difficulty=3), 'box_w=3 box_h=3 blanks_min=26 blanks_max=41 technique=1'),
    ('survo', 'survo', dict(n=4, x=3), 'rows=3 cols=3 blanks_min=3 blanks_max=3 min=1 max=9 technique=5 rounds=1 trials=0'),
    ('survo', 'survo', dict(n=6, x=8), 'rows=5 cols=5 blanks_min=8 blanks_max=8 min=1 max=9 technique=5 rounds=1 trials=0'),
    ('time_sequence', 'time_sequence', dict(n=3, rule_prob=50), 'people=3 days=5 rule_prob=50'),
    ('time_sequence', 'time_sequence', dict(n=5, rule_prob=100), 'people=5 days=5 rule_prob=100'),
    ('web_of_lies', 'web_of_lies', dict(num_person=10, difficulty=3), 'people=10'),
    ('web_of_lies', 'web_of_lies', dict(num_person=14, difficulty=5), 'people=14'),
    ('web_of_lies', 'web_of_lies', dict(num_person=18, difficulty=5), 'people=18'),
    ('word_sorting', 'word_sorting', dict(front_letters_range=[4, 4], word_count_range=[15, 15]), 'words=15 longest=12 alike=0 prefix=1 down=2 front=4'),
    ('word_sorting', 'word_sorting', dict(front_letters_range=[2, 2], word_count_range=[5, 5]), 'words=5 longest=12 alike=0 prefix=1 down=2 front=2'),
    ('word_sorting_mistake', 'word_sorting_mistake', {}, 'words_min=15 words_max=25 method=0'),
    ('word_sorting_mistake', 'word_sorting_mistake', dict(word_count_range=[30, 30]), 'words_min=30 words_max=30 method=0'),
    ('wordscapes', 'wordscapes_game', dict(size=4, num_words=5, max_intersections=3), 'size=6 num_words=5 min_len=3 max_len=6 lengths=4 min_intersections=4 max_intersections=10 rounds=0 technique=2'),
]
UNIQUE_OURS = set('arrow_maze calcudoko campsite futoshiki kukurasu norinori number_wall numbrix skyscraper_puzzle space_reasoning_tree star_placement_puzzle survo wordscapes'.split())


def maker(module, kwargs):
    """A function that makes items of theirs, one a call where their own loops make one."""
    m = importlib.import_module('games.tasks.%s.scripts.%s' % (FOLDERS.get(module, module), module))
    if module == 'futoshiki_generator':
        return lambda: [m.FutoshikiGenerator().generate_sample(**kwargs)]
    if module == 'calcudoko':
        def row():
            question, answer, regions = m.CalcudokoGenerator(**kwargs).generate()
            return [dict(question=question, answer=answer, metadata=dict(grid_size=kwargs['grid_size'], regions=regions))]
        return row
    if module == 'wordscapes_game':
        game = m.WordscapesGame()

        def crossing():
            while True:
                try:
                    grid, across, down, solution = game._generate_puzzle(**kwargs)
                    return [m.WordscapesData('1', grid, across, down, solution)]
                except Exception:
                    pass  # as their own loop does
        return crossing
    maker_class = [c for _, c in inspect.getmembers(m, inspect.isclass) if c.__module__ == m.__name__ and hasattr(c, 'generate')][0]
    takes = inspect.signature(maker_class.__init__).parameters
    game = maker_class(**{k: v for k, v in kwargs.items() if k in takes})
    m.game = game  # word_sorting's generate() looks for a global of that name
    names = list(inspect.signature(game.generate).parameters)
    more = {k: v for k, v in kwargs.items() if k in names}
    return lambda: game.generate(**{names[0]: 1, **more})


def theirs(module, kwargs):
    """(how many items, CPU seconds, some of the items)."""
    make, items, n = maker(module, kwargs), [], 0
    start = time.thread_time()
    while time.thread_time() - start < PATIENCE and n < 20000:
        made = make()
        n += len(made)
        if len(items) < JUDGED:
            items += made
    return n, time.thread_time() - start, items


def share_right(build, task, items):
    """How many of their items, in percent, state a puzzle that their stored answer solves, by `quarry check`; None: it cannot tell."""
    with tempfile.NamedTemporaryFile('w', suffix='.jsonl') as f:
        for i, item in enumerate(items):
            if not isinstance(item, dict):
                item = item.to_dict() if task == 'wordscapes' else item.to_json()  # the other of that class fails
            item = json.loads(item) if isinstance(item, str) else item
            f.write(json.dumps(dict(data_source=task, extra_info=dict(game_data_str=json.dumps(item, ensure_ascii=False, default=str), index=i)), ensure_ascii=False) + '\n')
        f.flush()
        said = subprocess.run([os.path.join(build, 'quarry'), 'check', '--dataset', 'synlogic', f.name], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for line in said.stdout.decode().splitlines():
        words = line.split()
        if words and words[0] == 'all':
            ok, several, _, unsolvable, wrong = map(int, words[2:7])
            judged = ok + several + unsolvable + wrong
            return 100 * (ok + several) / judged if judged else None
    return None


# folders of modules that are named otherwise
FOLDERS = {'game_of_buggy_tables': 'buggy_tables', 'futoshiki_generator': 'futoshiki', 'wordscapes_game': 'wordscapes'}
JUDGED = 100  # items of theirs that are judged


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios))


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    checkout, build, only = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), set(sys.argv[3:])
    sys.path.insert(0, checkout)
    logging.disable(logging.CRITICAL)
    ratios = {}
    print('%-32s %-58s %12s %12s %9s %9s %8s' % ('task', 'setting', 'theirs, us', 'ours, us', 'ratio', 'record', 'right'))
    for task, module, kwargs, knobs in SETTINGS:
        if only and task not in only:
            continue
        setting = ' '.join('%s=%s' % kv for kv in kwargs.items()) or 'defaults'
        ours = subprocess.run([os.path.join(build, 'bench', 'bench_generate'), task, *knobs.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if ours.returncode:
            print('%-32s %-58s ours: %s' % (task, setting, ours.stderr.decode().strip()[:60]))
            continue
        _, item, record, *_, failed = map(float, ours.stdout.split())
        if failed:
            print('%-32s %-58s ours: these knobs give no puzzle' % (task, setting))
            continue
        random.seed(1)
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                n, seconds, items = theirs(module, kwargs)
        except Exception as e:
            print('%-32s %-58s theirs: %s: %s' % (task, setting, type(e).__name__, str(e)[:60]))
            continue
        right = share_right(build, task, items)
        ratio = seconds / n * 1e9 / item
        ratios.setdefault(task, []).append(ratio)
        print('%-32s %-58s %12.1f %12.1f %9.1f %9.1f %8s%s' % (task, setting, seconds / n * 1e6, item / 1000, ratio, ratio * item / record,
              '' if right is None else '%.0f %%' % right, '  one answer, proved by ours only' if task in UNIQUE_OURS else ''), flush=True)
    if ratios:
        each = {t: mean(r) for t, r in ratios.items()}
        print('\ngeometric mean over %d tasks: %.0f times; least: %s' % (len(each), mean(each.values()),
              ', '.join('%s %.1f' % (t, each[t]) for t in sorted(each, key=each.get)[:5])))


if __name__ == '__main__':
    main()
