create table if not exists account (
    id varchar(64) primary key,
    opening_balance numeric(15, 2) not null,
    balance numeric(15, 2) not null,
    constraint balance_is_never_below_zero check (balance >= 0)
);

-- One row for each effect: never changed, never deleted.
create table if not exists ledger (
    effect_id uuid primary key,
    transaction_id varchar(40) not null,
    call_id varchar(64) not null,
    account varchar(64) not null references account (id),
    amount numeric(15, 2) not null
);

create index if not exists ledger_by_transaction on ledger (transaction_id);
