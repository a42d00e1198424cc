/** The acceptor's storage over real files: restarts, kills, damage, full disks. */
package io.assent.coordinator.acceptor;
