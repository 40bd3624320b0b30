"""What happens in a training process."""
