"""The operations page of Airflow's navigation: can I trust yesterday, and what do I do if not?"""
