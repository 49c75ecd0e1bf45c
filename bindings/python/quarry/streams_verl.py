"""verl: quarry.stream as its dataset, and the hooks that feed the controller.

    data.train_files=stream.yaml                                        # a recipe; other files (data.val_files) are read as always
    data.custom_cls.path=pkg://quarry.streams_verl  data.custom_cls.name=StreamDataset
    data.dataloader_num_workers=0
    reward.custom_reward_function.path=pkg://quarry.integrations.verl   # as without a stream

    # the trainer calls the dataset's on_batch_end after each step (verl 0.6 to 0.8, and 0.9 with trainer.use_v1=False)
    # verl up to 0.7 may have the curriculum sampler as well: it keeps the rows in order and is told sooner
    data.sampler.class_path=pkg://quarry.streams_verl  data.sampler.class_name=StreamSampler
    # verl 0.9's v1 trainer has no hook for the dataset: the reward function tells it through a file that all machines see
    reward.custom_reward_function.path=pkg://quarry.streams_verl  reward.custom_reward_function.name=compute_score
    +reward.custom_reward_function.reward_kwargs.spool=/shared/run1.observed    # and "spool: /shared/run1.observed" in the recipe

The state is kept in verl's own checkpoint of the data loader (data.pt). Set "group" in the recipe to rollout.n.
"""
import weakref
from typing import Any, Dict, Iterator, List, Mapping, Optional

from torch.utils.data import Sampler  # type: ignore[import-not-found]
from verl.utils.dataset.rl_dataset import RLHFDataset  # type: ignore[import-not-found]

from .controller import is_uid, post
from .integrations import verl as _reward
from .streams import stream

try:
    from verl.experimental.dataset.sampler import AbstractCurriculumSampler as _Sampler  # type: ignore[import-not-found]
except ImportError:  # verl 0.8 and later has none
    _Sampler = Sampler


def _row(row: Mapping[str, Any], i: int) -> Dict[str, Any]:
    """A streamed row in verl's columns."""
    return {'data_source': row['data_source'], 'prompt': row['prompt'], 'ability': 'logic',
            'reward_model': {'style': 'rule', 'ground_truth': row['ground_truth']},
            'extra_info': {'index': i, 'uid': row['uid'], 'difficulty': row['difficulty'], 'lang': row['lang'], 'format': row['format']}}


class _Frame:
    """What RLHFDataset reads its rows from."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def __len__(self) -> int:
        return len(self.stream)

    def __getitem__(self, i: int) -> Dict[str, Any]:
        return _row(self.stream[i], int(i))


def _is_recipe(files: Any) -> bool:
    files = [files] if isinstance(files, str) else list(files)
    return len(files) == 1 and str(files[0]).endswith(('.yaml', '.yml'))


class StreamDataset(RLHFDataset):  # type: ignore[misc]
    """verl's dataset with the rows of a stream, where the file is a recipe in YAML."""

    stream: Any = None
    _fed: Any = None

    def _download(self, *args: Any, **kwargs: Any) -> None:
        if not _is_recipe(self.data_files):
            super()._download(*args, **kwargs)

    def _read_files_and_tokenize(self) -> None:
        if not _is_recipe(self.data_files):
            super()._read_files_and_tokenize()
            return
        if self.stream is None:                               # a resume reads again; what was learnt stays
            self.stream = stream(str(list([self.data_files] if isinstance(self.data_files, str) else self.data_files)[0]))
        self.dataframe = _Frame(self.stream)

    def on_batch_end(self, batch: Any) -> None:
        """Feed the controller with a batch's rewards; verl's trainer calls it."""
        if self.stream is not None and (self._fed is None or self._fed() is not batch):  # a sampler may have told it already
            self._fed = weakref.ref(batch)
            self.stream.controller.feed(*_scores(batch))

    def state_dict(self) -> Dict[str, Any]:
        return self.stream.state_dict() if self.stream is not None else {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        if self.stream is not None and state:
            self.stream.load_state_dict(state)


def _scores(batch: Any) -> Any:
    """The uids and scores of a DataProto: "acc" of the reward function, else the sum of the tokens' scores."""
    extras = batch.non_tensor_batch['extra_info']
    scores = batch.non_tensor_batch.get('acc')
    if scores is None:
        scores = batch.batch['token_level_scores'].sum(-1).tolist()
    found = [(e.get('uid'), float(x)) for e, x in zip(extras, scores) if isinstance(e, Mapping) and is_uid(e.get('uid'))]
    return [u for u, _ in found], [x for _, x in found]


class StreamSampler(_Sampler):  # type: ignore[misc,valid-type]
    """Rows in order: a stream needs no shuffling. verl up to 0.7 calls update with each batch."""

    def __init__(self, data_source: Any, data_config: Any = None) -> None:
        self.data_source = data_source

    def __len__(self) -> int:
        return len(self.data_source)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def update(self, batch: Any) -> None:
        self.data_source.on_batch_end(batch)


def compute_score(data_source: Optional[str], solution_str: str, ground_truth: Any, extra_info: Optional[Mapping[str, Any]] = None, *,
                  spool: Optional[str] = None, **options: Any) -> Dict[str, float]:
    """quarry.integrations.verl.compute_score, which also tells the controller through the file `spool`."""
    score = _reward.compute_score(data_source, solution_str, ground_truth, extra_info, **options)
    uid = extra_info.get('uid') if isinstance(extra_info, Mapping) else None
    if spool is not None and not score['error'] and is_uid(uid):
        post(spool, str(uid), int(score['acc'] >= 0.5), 1)
    return score


__all__: List[str] = ['StreamDataset', 'StreamSampler', 'compute_score']
