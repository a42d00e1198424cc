package io.assent.benchmarks.acceptor;

import io.assent.protocol.paxoscommit.AcceptorRecordCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The floor: the records of a turn at the end of a file, one write and one fsync, nothing else. */
final class BareFile implements GroupCommit.Sink {

    private final FileChannel channel;
    private long size;

    BareFile(Path directory) throws IOException {
        channel = FileChannel.open(directory.resolve("bare"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    @Override
    public void write(List<GroupCommit.Numbered> votes) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(AcceptorRecordCodec.encode(
                votes.stream().map(GroupCommit.Numbered::record).toList()));
        while (bytes.hasRemaining()) {
            size += channel.write(bytes, size);
        }
        channel.force(false);
    }

    @Override
    public void release() throws IOException {
        channel.close();
    }
}
