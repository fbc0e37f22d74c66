#!/bin/sh
# Makes the secret files that docker-compose.yml names: passwords at random, tokens of others empty, to be filled in.
# What is there already stays. Needs nothing but a shell and /dev/urandom.
set -eu
folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
chmod 700 "$folder"

for name in control_token grafana_admin_password influxdb_admin_password influxdb_writer_password influxdb_reader_password; do
  [ -s "$folder/$name" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$folder/$name"
done
for name in agent_token influxdb_token smtp_password telegram_bot_token webhook_token; do
  [ -e "$folder/$name" ] || : >"$folder/$name"
done
# Containers read them under other users than the one who made them; the folder keeps everybody else out.
chmod 644 "$folder"/*
echo "Secrets are in $folder"
