"""Stochastic gradient descent on a net's weights, by PyTorch: AdamW (Loshchilov, Hutter 2019, 1711.05101).

The only module, beside `losses`, that imports torch. Each epoch draws from a seed of its own, so that a
descent that is taken up again goes on as if it had never stopped. On a CPU the same seed and number of
threads give the same bits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from detectory.models.nets import batches, losses
from detectory.models.nets.batches import Rows
from detectory.models.nets.net import BIAS, EMBEDDING, EPSILON, NORM, WEIGHT, Net
from detectory.models.nets.training import Task

_MOMENTUM = 0.1
_MOMENTS = ("step", "exp_avg", "exp_avg_sq")
_AT_ONCE = 4096  # rows answered together when nothing is learned


@contextmanager
def numerics(threads: int) -> Iterator[None]:
    """So many threads, and no algorithm that adds up in an order of chance; as it was before, afterwards."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(not torch.cuda.is_available())
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])


def device() -> str:
    """A GPU if there is one."""
    return "cuda" if torch.cuda.is_available() else "cpu"


class Descent:
    """The weights on their way down, with what AdamW remembers of it."""

    def __init__(self, net: Net, task: Task) -> None:
        self._net, self._task, self._device = net, task, device()
        self._weights = {name: self._tensor(each) for name, each in net.weights.items()}
        self._learned = {name: each for name, each in self._weights.items() if not _counted(name)}
        for each in self._learned.values():
            each.requires_grad_(True)
        self._masks = {name: self._tensor(each) for name, each in task.masks.items()}
        self._adam = torch.optim.AdamW(
            self._learned.values(), lr=task.training.learning_rate, weight_decay=task.training.weight_decay
        )
        self._mask()

    def epoch(self, rows: Rows, at: int) -> float:
        """One pass over the rows; gives their mean loss on the way."""
        random = np.random.default_rng([self._task.seed, at])
        noise = torch.Generator(self._device).manual_seed(int(random.integers(2**62)))
        found, lengths = 0.0, rows.lengths
        for batch in batches.order(lengths, size=self._task.training.batch(at), random=random):
            self._adam.zero_grad()
            loss = self._loss(rows, batch, lengths, noise).mean()
            loss.backward()
            self._adam.step()
            self._mask()
            found += loss.item() * len(batch)
        return found / len(rows.target)

    def loss(self, rows: Rows) -> float:
        """The mean loss of rows that are not learned from."""
        lengths, count = rows.lengths, len(rows.target)
        with torch.no_grad():
            chunks = (np.arange(at, min(at + _AT_ONCE, count)) for at in range(0, count, _AT_ONCE))
            found: float = sum(self._loss(rows, each, lengths, None).sum().item() for each in chunks)
            return found / count

    def net(self) -> Net:
        """The net as it is now."""
        weights = {name: each.detach().cpu().numpy().copy() for name, each in self._weights.items()}
        return Net(weights, self._net.stacked)

    def state(self) -> dict[str, NDArray[Any]]:
        """All that the next epoch goes on from."""
        kept = {f"weight/{name}": each for name, each in self._weights.items()}
        for at, moments in self._adam.state_dict()["state"].items():
            kept |= {f"adam/{at}/{name}": moments[name] for name in _MOMENTS}
        return {name: each.detach().cpu().numpy() for name, each in kept.items()}

    def resume(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state` gave."""
        with torch.no_grad():
            for name, each in self._weights.items():
                each.copy_(self._tensor(state[f"weight/{name}"]))
        moments = {
            at: {name: self._tensor(state[f"adam/{at}/{name}"]) for name in _MOMENTS}
            for at in range(len(self._learned))
        }
        self._adam.load_state_dict(
            {"state": moments, "param_groups": self._adam.state_dict()["param_groups"]}
        )

    def _loss(self, rows: Rows, batch: NDArray[np.int64], lengths: NDArray[np.int64], noise: Any) -> Any:
        """float32[B]: each row's loss; without ``noise`` nothing is dropped, and norms are as counted."""
        letters = rows.letters[batch][:, : max(int(lengths[batch].max()), 1)]
        answer = self._answer(self._tensor(letters), self._tensor(rows.columns[batch]), noise)
        task, target = self._task, self._tensor(rows.target[batch])
        found = losses.hard(answer, target, head=task.head, training=task.training)
        if len(rows.share):
            share, told = self._tensor(rows.share[batch]), self._tensor(rows.told[batch])
            taught = losses.soft(answer, told, head=task.head, temperature=task.temperature)
            found = (1 - share) * found + share * taught
        return found * self._tensor(rows.weight[batch])

    def _answer(self, letters: Any, columns: Any, noise: Any) -> Any:
        last = columns
        if EMBEDDING in self._weights:
            last = self._dropped(torch.hstack([*self._seen(letters), columns]), noise)
        for at, name in enumerate(self._net.dense):
            last = self._normed(self._linear(last, f"{name}.weight", f"{name}.bias"), at, noise)
            last = self._dropped(functional.relu(last), noise)
        return self._linear(last, WEIGHT, BIAS)

    def _seen(self, letters: Any) -> Sequence[Any]:
        embedded = functional.embedding(letters.int(), self._weights[EMBEDDING], padding_idx=0)
        seen: list[Any] = []
        for name in self._net.convolutions:
            filters = self._weights[f"{name}.weight"]
            source = seen[-1] if self._net.stacked and seen else embedded.transpose(1, 2)
            seen.append(functional.relu(functional.conv1d(source, filters, padding=filters.shape[2] - 1)))
        return [each.amax(dim=2) for each in (seen[-1:] if self._net.stacked else seen)]

    def _linear(self, source: Any, weight: str, bias: str) -> Any:
        return torch.addmm(self._weights[bias], source, self._weights[weight])

    def _normed(self, source: Any, at: int, noise: Any) -> Any:
        """Batch norm, where the net has one. A batch of one row has no deviation: it uses the counted one."""
        if f"norm_{at}.gamma" not in self._weights:
            return source
        gamma, beta, mean, variance = (self._weights[f"norm_{at}.{each}"] for each in NORM)
        learns = noise is not None and len(source) > 1
        return functional.batch_norm(source, mean, variance, gamma, beta, learns, _MOMENTUM, EPSILON)

    def _dropped(self, source: Any, noise: Any) -> Any:
        share = self._task.training.dropout
        if noise is None or not share:
            return source
        kept = torch.rand(source.shape, generator=noise, device=self._device) >= share
        return source * kept / (1 - share)

    def _mask(self) -> None:
        with torch.no_grad():
            for name, kept in self._masks.items():
                self._weights[name].mul_(kept)

    def _tensor(self, array: NDArray[Any]) -> Any:
        return torch.tensor(array, device=self._device)


def _counted(name: str) -> bool:
    """Whether a weight is counted and not learned: the mean and variance of a norm."""
    return name.endswith((".mean", ".variance"))
