"""Boxes of people become crops, their colours and an atlas of crops."""
