using FsCheck;
using FsCheck.Fluent;

namespace Realtime.Tests.Channels;

public sealed class ChannelPropertyTests
{
    [Fact]
    public void Whatever_happens_acknowledged_publishes_are_stored_once_in_order_and_readers_miss_nothing_unsaid() =>
        Prop.ForAll(ChannelCommand.Sequences(), commands =>
            {
                new ChannelHistory().Run(commands);
                return true;
            })
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithEndSize(150).WithQuietOnSuccess(true));
}
