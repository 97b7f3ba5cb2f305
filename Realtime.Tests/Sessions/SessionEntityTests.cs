using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Kernel;
using Realtime.Cluster.Membership;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;
using Realtime.Node.Namespaces;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;
using Realtime.Tests.Journal;
using Realtime.Tests.Support;

namespace Realtime.Tests.Sessions;

/// <summary>The shell of a session: what it loads or takes over, and what it leaves to its successor.</summary>
public sealed class SessionEntityTests : ISessionStore, IEntityHost, IReplyReceiver, IDisposable
{
    private static readonly NodeId Far = new("far");

    private readonly ManualClock _clock = new();
    private readonly TimerQueue _timers;
    private readonly TaskCompletionSource<StoredSession?> _load = new();
    private readonly System.Threading.Channels.Channel<SessionWrite> _writes = System.Threading.Channels.Channel.CreateUnbounded<SessionWrite>();
    private readonly TaskCompletionSource<(IReadOnlyList<EntityInput> Undelivered, ReadOnlyMemory<byte>? Export)> _released = new();
    private readonly System.Collections.Concurrent.ConcurrentDictionary<long, EntityReply> _answers = new();
    private ClusterView _view = OneOwner.Of(1, ("one", 1), ("far", 2));

    public SessionEntityTests() => _timers = new TimerQueue(_clock);

    public NodeId Self => SessionRig.Node;

    public ShardFence? Fence { get; } = new(new ShardId(0), 9, new Incarnation(1));

    public void Dispose() => _timers.Dispose();

    [Fact]
    public async Task What_waited_behind_a_session_that_stops_at_once_goes_to_the_successor()
    {
        var entity = New(null);
        Ask(entity, 1, new SessionRequest.Attach(Far, new ConnectionId(1), false, null));
        Ask(entity, 2, new SessionRequest.Attach(Far, new ConnectionId(2), false, null));
        _load.SetResult(null);

        var released = await _released.Task.Within("the end of the session");

        _answers[1].ShouldBeOfType<SessionReply.Unknown>();
        released.Undelivered.ShouldHaveSingleItem().ReplyTo.Tag.ShouldBe(2);
    }

    [Fact]
    public async Task A_session_that_is_handed_over_goes_on_without_a_message_and_without_the_store()
    {
        var first = New(null);
        Ask(first, 1, new SessionRequest.Attach(Far, new ConnectionId(1), true, null));
        await Deadline.Until(() => _answers.ContainsKey(1), "the attachment");
        first.Tell(new EntityInput(Entity.HandOff.Instance));
        var export = (await _released.Task.Within("the export")).Export.ShouldNotBeNull();
        ExportedSession.Parser.ParseFrom(export.Span).Holder.Incarnation.ShouldBe(2);

        New(export);
        var write = await NextWriteAsync("the write");

        (write.Fence, write.ExpectedRevision, write.ExpiresAt).ShouldBe((Fence, 0, null));
    }

    [Fact]
    public async Task An_import_that_cannot_be_read_leaves_the_row_and_a_grace_time()
    {
        New(new byte[] { 0xff, 0xff });
        _load.SetResult(new StoredSession(SessionRecords.Of(new AttachNumber(3), null, []), 4, null));

        var write = await NextWriteAsync("the write of the expiry");

        (write.ExpectedRevision, write.ExpiresAt is null).ShouldBe((4, false));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3L)]
    public async Task A_holder_whose_node_died_or_lives_again_is_not_waited_for_longer_than_its_grace_time(long? next)
    {
        var entity = New(null);
        Ask(entity, 1, new SessionRequest.Attach(Far, new ConnectionId(1), true, null));
        await NextWriteAsync("the first write");
        entity.OnWritten(new object(), WriteOutcome.Committed);
        Move(entity);
        await Answered(entity, 2);
        _clock.NextDue.ShouldBeNull("the node is still there");

        _view = next is { } incarnation ? OneOwner.Of(1, ("one", 1), ("far", incarnation)) : OneOwner.Of(1, ("one", 1));
        Move(entity);
        var write = await NextWriteAsync("the write of the expiry");

        write.ExpiresAt.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_shard_that_is_lost_leaves_what_waits_for_the_state_to_the_new_owner()
    {
        var entity = New(null);
        Ask(entity, 1, new SessionRequest.Orphaned());
        entity.Tell(new EntityInput(Entity.Lost.Instance));

        (await _released.Task.Within("the end of the session")).Undelivered.ShouldHaveSingleItem().ReplyTo.Tag.ShouldBe(1);
        _answers.ShouldBeEmpty();
    }

    public bool IsMember(NodeId node) => _view.Find(node) is not null;

    void IEntityHost.Tell(EntityAddress to, EntityMessage message)
    {
    }

    void IEntityHost.TellNode(NodeId node, NodeMessage message)
    {
    }

    void IEntityHost.Released(
        EntityAddress address, Entity entity, IReadOnlyList<EntityInput> undelivered, Exception? failure, ReadOnlyMemory<byte>? export)
    {
        failure.ShouldBeNull();
        _released.TrySetResult((undelivered, export));
    }

    void IReplyReceiver.OnReply(long tag, EntityReply reply) => _answers.TryAdd(tag, reply).ShouldBeTrue();

    public ValueTask<StoredSession?> LoadAsync(SessionId session, CancellationToken cancellation = default) => new(_load.Task);

    void ISessionStore.Put(SessionWrite write, IWriteReceiver receiver) => _writes.Writer.TryWrite(write).ShouldBeTrue();

    public ValueTask<IReadOnlyList<SessionId>> AttachedAsync(
        IReadOnlyCollection<ShardId>? shards, SessionId after, int limit, CancellationToken cancellation = default) => throw new NotSupportedException();

    public ValueTask<int> SweepAsync(long now, int limit, CancellationToken cancellation = default) => throw new NotSupportedException();

    private SessionEntity New(ReadOnlyMemory<byte>? import) => (SessionEntity)new SessionKind(new SessionServices(
        this, new SessionPolicy(), new NamespaceTable([new NamespacePolicy("chat")]), _timers, _clock,
        new SessionLogging(NullLogger<SessionLogging>.Instance), node => _view.Find(node)?.Incarnation ?? default))
        .Create(EntityAddress.Of(SessionRig.Id), this, import);

    private void Ask(SessionEntity entity, long tag, SessionRequest request) => entity.Tell(new EntityInput(request, new ReplyTo(this, tag)));

    /// <summary>Lets the timers run that it takes.</summary>
    private async Task<SessionWrite> NextWriteAsync(string what)
    {
        SessionWrite? write = null;
        await Deadline.Until(
            () =>
            {
                _clock.Advance(TimeSpan.FromMilliseconds(500));
                return _writes.Reader.TryRead(out write);
            },
            what);
        return write!;
    }

    private void Move(SessionEntity entity) => entity.Tell(new EntityInput(new Entity.OwnersMoved(new OwnersChange(_view, new HashSet<ShardId>()))));

    /// <summary>What the entity was told before this has been handled.</summary>
    private async Task Answered(SessionEntity entity, long tag)
    {
        Ask(entity, tag, new SessionRequest.Orphaned());
        await Deadline.Until(() => _answers.ContainsKey(tag), "an answer");
    }
}
