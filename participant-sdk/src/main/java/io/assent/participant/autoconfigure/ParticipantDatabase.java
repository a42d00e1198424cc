package io.assent.participant.autoconfigure;

import io.assent.participant.branch.BranchDataSource;
import io.assent.participant.facts.Dialect;

/**
 * The database of the participant, made ready: its tables are there as far as the settings say.
 *
 * @param dataSource the application's data source
 * @param dialect what is special about the engine
 */
record ParticipantDatabase(BranchDataSource dataSource, Dialect dialect) {}
