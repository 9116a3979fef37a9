"""The objective of each system, with the network that it trains."""

from frameatlas.reid.learn.networks.heads import Network, build_network
from frameatlas.reid.learn.sets.crop_store import CropStore
from frameatlas.reid.learn.training.code_objective import CodeObjective
from frameatlas.reid.learn.training.identity_objective import IdentityObjective
from frameatlas.reid.learn.training.objective import Objective
from frameatlas.reid.learn.training.pair_objective import PairObjective
from frameatlas.reid.learn.training.sampling import labels_of
from frameatlas.reid.learn.training.texas_objective import TexasObjective
from frameatlas.reid.learn.training.train_plan import TrainPlan
from frameatlas.reid.learn.training.trainer import half_precision


def network_for(store: CropStore, plan: TrainPlan) -> Network:
    """A network with fresh weights, and a classifier where the plan has one."""
    people = labels_of(store.people).known if plan.id_weight else 2
    return build_network(
        plan.architecture,
        people,
        seed=plan.seed,
        precision="mixed_float16" if half_precision(plan) else "float32",
    )


def objective_for(store: CropStore, plan: TrainPlan, network: Network) -> Objective:
    """What a plan minimises."""
    if plan.system == "siamese":
        return PairObjective(store, plan, network)
    if plan.system == "epfl":
        return CodeObjective(store, plan, network)
    if plan.system == "texas":
        return TexasObjective(store, plan, network)
    return IdentityObjective(store, plan, network)
