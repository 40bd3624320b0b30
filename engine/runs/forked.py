"""What every worker needs, imported once in the process that workers are forked from. It must start no thread."""

import torch

torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))])  # the first optimizer imports half of torch
