-- +goose Up

-- Slow work is of several kinds, named as flows.PackEffect names them.
ALTER TABLE jobs ADD COLUMN kind TEXT NOT NULL DEFAULT 'fetch';

-- +goose Down
ALTER TABLE jobs DROP COLUMN kind;
