"""What to try next, and what is not worth ending: Optuna, in memory.

Comes in: a search, and the trials that it has had. Goes out: parameters, and whether a loss is worse than
those of others as far on. Sampling is TPE (Bergstra et al. 2011, NeurIPS 24), pruning by the median of
others or by asynchronous successive halving (Li et al. 2020, arXiv 1810.05934). Nothing is written here:
`engine.storage` keeps the trials, in a tenth of the time that Optuna's own database takes.

Each trial has a random generator of its own, from the seed and its number. So with one job the next
parameters follow from the seed and from what the trials before gave, whether or not the search was
interrupted in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from detectory.engine.search import Search, Trial, holds
from detectory.engine.storage import History
from detectory.errors import MissingExtra
from detectory.models.candidate import Categorical, Integer, Range, Value

if TYPE_CHECKING:
    import optuna

#: trials that are drawn at random before TPE models what it saw, and that prune nobody
UNTUTORED = 5
#: steps that no trial is pruned before, however short it is
LEAST = 4


class Suggestions:
    """The search as Optuna sees it."""

    def __init__(self, what: Search) -> None:
        self._what, self._optuna = what, library()
        self._study = self._optuna.create_study(direction="maximize", pruner=_pruner(self._optuna, what))
        self._space = distributions(what.space)
        self._live: dict[int, optuna.trial.Trial] = {}

    def resumed(self, history: History) -> list[tuple[int, dict[str, Value]]]:
        """Take in the trials of an earlier run; gives number and parameters of those that did not end.

        The numbers have no gaps, since a trial is kept before it begins.
        """
        for number in range(len(history.ended) + len(history.begun)):
            if number in history.ended:
                self.recall(*history.ended[number])
            else:
                self.again(number, history.begun[number])
        return sorted(history.begun.items())

    def recall(self, trial: Trial, extra: Any) -> None:
        """Take in a trial of an earlier run. They are recalled by number, and none is left out."""
        inside = self._inside(trial.params)
        self._study.add_trial(
            self._optuna.create_trial(
                state=self._state(trial),
                value=trial.value,
                params=inside,
                distributions={name: self._space[name] for name in inside},
                intermediate_values={step: -loss for step, loss in trial.steps},
                system_attrs=extra or {},
            )
        )

    def again(self, number: int, params: Mapping[str, Value]) -> None:
        """Take up a trial that an earlier run began and did not end."""
        inside = self._inside(params)
        self._study.add_trial(
            self._optuna.create_trial(
                state=self._optuna.trial.TrialState.RUNNING,
                params=inside,
                distributions={name: self._space[name] for name in inside},
            )
        )
        self._live[number] = self._optuna.trial.Trial(self._study, self._study.trials[number]._trial_id)

    def next(self) -> tuple[int, dict[str, Value]]:
        """Number and parameters of a new trial; the first is what the search names as its first."""
        number = len(self._study.get_trials(deepcopy=False))
        first = {name: value for name, value in self._what.first.items() if name in self._what.space}
        if number == 0 and first:
            self.again(0, first)
            return 0, first
        self._study.sampler = self._optuna.samplers.TPESampler(
            n_startup_trials=UNTUTORED, seed=_seed(self._what.seed, number)
        )
        self._live[number] = self._study.ask(self._space)
        return number, dict(self._live[number].params)

    def is_worse(self, number: int, step: int, loss: float) -> bool:
        """Whether a trial that has this loss after so many steps is to be pruned."""
        self._live[number].report(-loss, step)
        return self._live[number].should_prune()

    def end(self, trial: Trial) -> Any:
        """Take in how a trial ended; gives what `recall` is to be given of it."""
        extra = self._study.trials[trial.number].system_attrs
        self._study.tell(self._live.pop(trial.number), trial.value, self._state(trial))
        return extra

    def _inside(self, params: Mapping[str, Value]) -> dict[str, Value]:
        """The parameters that lie in their ranges: what was tried outside teaches nothing of them."""
        space = self._what.space
        return {name: value for name, value in params.items() if holds(space[name], value)}

    def _state(self, trial: Trial) -> Any:
        states = self._optuna.trial.TrialState
        return {"complete": states.COMPLETE, "pruned": states.PRUNED}.get(trial.state, states.FAIL)


def library() -> Any:
    """Optuna, which says only what goes wrong. Raises `MissingExtra`."""
    try:
        import optuna
    except ImportError as error:
        raise MissingExtra("optuna", extra="train", because="to search for parameters") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    return optuna


def distributions(space: Mapping[str, Range]) -> dict[str, Any]:
    """The space in Optuna's words."""
    return {name: _distribution(range_) for name, range_ in space.items()}


def _distribution(range_: Range) -> Any:
    of = library().distributions
    if isinstance(range_, Categorical):
        return of.CategoricalDistribution(range_.values)
    if isinstance(range_, Integer):
        return of.IntDistribution(range_.low, range_.high)
    return of.FloatDistribution(range_.low, range_.high, log=range_.log)


def _pruner(optuna: Any, what: Search) -> Any:
    match what.pruner:
        case "median":
            return optuna.pruners.MedianPruner(n_startup_trials=UNTUTORED, n_warmup_steps=LEAST)
        case "asha":
            return optuna.pruners.SuccessiveHalvingPruner(min_resource=LEAST, reduction_factor=2)
        case "none":
            return optuna.pruners.NopPruner()


def _seed(seed: int, number: int) -> int:
    """A generator's seed for each trial: 32 bits that differ from trial to trial and from seed to seed."""
    return (seed * 1_000_003 + number * 7_919 + 1) % 2**32


def importance(trials: Iterable[Trial], space: Mapping[str, Range]) -> dict[str, float]:
    """How much of what varies between complete trials each parameter accounts for; the shares add up to 1.

    By fANOVA (Hutter, Hoos and Leyton-Brown 2014, ICML 32). Empty where fewer than four trials say
    anything of all parameters, or all of them are equally good: from those nothing can be said.
    """
    optuna = library()
    said = [one for one in trials if one.state == "complete" and _covers(one, space)]
    if len(said) < 4 or len({one.value for one in said}) < 2:
        return {}
    study = optuna.create_study(direction="maximize")
    for one in said:
        study.add_trial(
            optuna.create_trial(
                params={name: one.params[name] for name in space},
                distributions=distributions(space),
                value=one.value,
            )
        )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    shares = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {name: round(float(share), 4) for name, share in shares.items()}


def _covers(trial: Trial, space: Mapping[str, Range]) -> bool:
    return all(name in trial.params and holds(range_, trial.params[name]) for name, range_ in space.items())
