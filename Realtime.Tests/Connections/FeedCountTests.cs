using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Node.Connections;
using Realtime.Node.Connections.Core;
using Realtime.Node.Namespaces;
using Realtime.Tests.Channels;
using Realtime.Tests.Support;

namespace Realtime.Tests.Connections;

/// <summary>What operators are told of a channel's subscribers on a node.</summary>
public sealed class FeedCountTests : IDisposable
{
    private readonly FeedRig _rig = new(new NamespacePolicy("chat"));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Subscribers_are_counted_and_those_that_fall_behind_until_they_have_caught_up()
    {
        _rig.Relay.SubscribersOf(ChannelRig.Name).ShouldBe((0, 0));
        var slow = await JoinedAsync(new SessionId(1));
        var quick = await JoinedAsync(new SessionId(2));
        _rig.Relay.SubscribersOf(ChannelRig.Name).ShouldBe((2, 0));

        await StallAsync(slow);
        await _rig.Until(() => quick.Position == _rig.Head, "the quick reader to be at the head");
        _rig.Relay.SubscribersOf(ChannelRig.Name).ShouldBe((2, 1));
        var account = await AskAsync(slow.Subscriber);
        (account!.Head, account.IsBehind).ShouldBe((_rig.Head, true));
        account.Position!.Value.Offset.ShouldBeLessThan(_rig.Head.Offset);

        slow.Link.Release();
        await _rig.Until(() => slow.Position == _rig.Head && _rig.Relay.Behind == 0, "it to have caught up");
        (await AskAsync(slow.Subscriber)).ShouldBe(new LiveSubscription(ChannelRig.Name, _rig.Head, _rig.Head, false));
    }

    [Fact]
    public async Task Who_leaves_while_behind_is_counted_no_more()
    {
        var slow = await JoinedAsync(new SessionId(1));
        await StallAsync(slow);
        slow.Leave();
        await _rig.Until(() => slow.HasLeft, "it to leave");

        _rig.Relay.SubscribersOf(ChannelRig.Name).ShouldBe((0, 0));
        (await AskAsync(slow.Subscriber)).ShouldBeNull();
        slow.Link.Release();
    }

    [Fact]
    public void A_cursor_counts_where_it_is_told_to_and_nowhere_twice()
    {
        var cursor = new SubscriberCursor(new SessionId(1), true);
        var (first, second) = (new SubscriberCount(), new SubscriberCount());
        cursor.CatchUp();
        cursor.CountIn(first);
        cursor.Wait();
        (first.Total, first.Behind).ShouldBe((1, 1));
        cursor.CountIn(second);
        (first.Total, first.Behind, second.Total, second.Behind).ShouldBe((0, 0, 1, 1));
        cursor.TryGoLive(default).ShouldBeTrue();
        (second.Total, second.Behind).ShouldBe((1, 0));
        cursor.CountIn(null);
        (second.Total, second.Behind).ShouldBe((0, 0));
    }

    /// <summary>One message at a time: a queue that is empty takes a run of any length.</summary>
    private async Task StallAsync(FeedReader reader)
    {
        reader.Link.Hold();
        await _rig.Until(
            () =>
            {
                _rig.Publish("more");
                return _rig.Relay.Behind == 1;
            },
            "the reader to be behind");
    }

    private async Task<LiveSubscription?> AskAsync(Subscriber subscriber)
    {
        var answer = new TaskCompletionSource<LiveSubscription?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _rig.Relay.Tell(ChannelRig.Name, new FeedInput.Inspect(subscriber, answer)).ShouldBeTrue();
        return await answer.Task.Within("the feed's answer");
    }

    private async Task<FeedReader> JoinedAsync(SessionId session)
    {
        var reader = new FeedReader(_rig, session, StartFrom.Live);
        await _rig.Until(() => reader.Info is not null && reader.Subscriber.Cursor.Mode is CursorMode.Live, "the reader to be live");
        return reader;
    }
}
