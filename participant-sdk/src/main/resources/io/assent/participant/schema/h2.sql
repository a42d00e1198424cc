-- Facts about branches. fact: 'C' inserted inside the branch, so visible if and only if it committed;
-- 'A' tombstone, inserted by a transaction of its own, so that the branch can never commit.
-- No IN or OR in its check: H2 binds their set of values to the session that creates the table, and once that is closed
-- refuses every row, until the database is opened anew.
CREATE TABLE IF NOT EXISTS assent_branch (
    transaction_id CHAR(40) NOT NULL,
    participant VARCHAR(64) NOT NULL,
    fact CHAR(1) NOT NULL,
    CONSTRAINT assent_branch_pk PRIMARY KEY (transaction_id, participant),
    CONSTRAINT assent_branch_fact CHECK (CASE fact WHEN 'C' THEN TRUE WHEN 'A' THEN TRUE ELSE FALSE END)
);

-- Branches that know the decision and may not show it yet (three-phase commit).
CREATE TABLE IF NOT EXISTS assent_known (
    transaction_id CHAR(40) NOT NULL,
    participant VARCHAR(64) NOT NULL,
    members VARCHAR NOT NULL,
    CONSTRAINT assent_known_pk PRIMARY KEY (transaction_id, participant)
);

-- What the participant knows of itself and of its coordinators.
CREATE TABLE IF NOT EXISTS assent_meta (
    meta_key VARCHAR(64) NOT NULL,
    meta_value VARCHAR(64) NOT NULL,
    CONSTRAINT assent_meta_pk PRIMARY KEY (meta_key)
);
