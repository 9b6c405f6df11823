"""Makes walk.npz as the page on writing schemas shows it: python3 make.py"""
import numpy as np

random = np.random.default_rng(7)
np.savez(
    "walk.npz",
    poses=random.normal(0, 0.3, (24, 156)),
    trans=np.cumsum(random.normal(0, 0.02, (24, 3)), axis=0),
    betas=random.normal(0, 1, 16),
    gender="female",
    mocap_framerate=120.0,
)
