"""Write the booster as a model of MLflow. ``FOLDER``."""

from __future__ import annotations

import sys

import mlflow.xgboost
import xgboost

folder = sys.argv[1]
booster = xgboost.Booster(model_file=f"{folder}/model.json")
booster.set_param({"nthread": 1})
mlflow.xgboost.save_model(booster, f"{folder}/mlflow")
