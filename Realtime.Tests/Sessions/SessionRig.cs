using System.Text;
using Google.Protobuf;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Exports;
using Realtime.Messages.Positions;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;

namespace Realtime.Tests.Sessions;

/// <summary>A session's machine before a row that a test decides about, with its timers in the test's hand.</summary>
internal sealed class SessionRig : IReplyReceiver
{
    public static readonly SessionId Id = new(99);
    public static readonly NodeId Node = new("one");
    public static readonly ChannelName Chat = ChannelName.Parse("chat:room");
    public static readonly ChannelName Other = ChannelName.Parse("chat:other");
    public static readonly SessionIdentity Ann = new(new UserId("ann"), null);

    private readonly SessionPolicy _policy;
    private readonly List<(SessionRequest Request, ReplyTo From)> _handedOver = [];
    private ShardFence _fence = new(new ShardId(3), 7, new Incarnation(11));
    private bool _yielding;
    private long _lastTag;
    private long _lastConnection;

    public SessionRig(SessionPolicy? policy = null)
    {
        _policy = policy ?? new SessionPolicy();
        Machine = new SessionMachine(Id, _policy, Node, _fence);
    }

    public SessionMachine Machine { get; private set; }

    public StoredSession? Row { get; private set; }

    public long Now { get; set; } = 1_000_000;

    public Dictionary<long, EntityReply> Answers { get; } = [];

    public Action<long, EntityReply>? Answered { get; set; }

    public SessionWrite? Write { get; private set; }

    public int Writes { get; private set; }

    public Dictionary<SessionTimer, TimeSpan> Timers { get; } = [];

    /// <summary>What channels were told, as "join chat:room" and "left chat:room".</summary>
    public List<string> Presence { get; } = [];

    public List<(ConnectionId Connection, CloseCode Code)> Dismissed { get; } = [];

    /// <summary>Connections that were told to say again for whom they stand.</summary>
    public List<ConnectionId> Forgotten { get; } = [];

    public SessionEffect.Passivate? Passivated { get; private set; }

    /// <summary>What it gave its successor when it was handed off.</summary>
    public ExportedSession? Exported { get; private set; }

    /// <summary>What its successor has to do, in order.</summary>
    public IReadOnlyList<SessionRequest> HandedOver => [.. _handedOver.Select(given => given.Request)];

    /// <summary>The connection that attached last.</summary>
    public ConnectionId Connection => new(_lastConnection);

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes($"\"{text}\""));

    public static StreamPosition At(long offset) => new(new Epoch(5), offset);

    public void OnReply(long tag, EntityReply reply)
    {
        Answers.TryAdd(tag, reply).ShouldBeTrue($"request {tag} is answered twice");
        Answered?.Invoke(tag, reply);
    }

    public long Ask(SessionRequest request)
    {
        Ask(request, new ReplyTo(this, ++_lastTag));
        return _lastTag;
    }

    /// <summary>The connection that attached last, or another one, announces itself.</summary>
    public EntityReply Hold(
        AttachNumber attachment, IReadOnlyList<SessionSubscription>? subscriptions = null, SessionIdentity? identity = null, long? connection = null,
        long? attempt = null, bool isUnwritten = false) =>
        Answers[Ask(new SessionRequest.Hold(
            Node, new ConnectionId(connection ?? _lastConnection), attachment, identity, subscriptions ?? Machine.Subscriptions)
            {
                Attempt = attempt, IsUnwritten = isUnwritten,
            })];

    public EntityReply Attach(bool create = false, SessionIdentity? identity = null, long? attempt = null) =>
        Answers[Ask(new SessionRequest.Attach(Node, new ConnectionId(++_lastConnection), create, identity) { Attempt = attempt })];

    /// <summary>A new session that is attached.</summary>
    public SessionReply.Attached Open(SessionIdentity? identity = null) => Attach(true, identity).ShouldBeOfType<SessionReply.Attached>();

    /// <summary>A session that is attached, subscribed to a channel as present, and written.</summary>
    public SessionReply.Attached OpenAndWrite(SessionIdentity? identity = null)
    {
        var attached = Open(identity);
        Subscribe(Chat, "here");
        Fire(SessionTimer.WriteBehind);
        Finish();
        Presence.Clear();
        return attached;
    }

    public long Subscribe(ChannelName channel, string? presence = null, long offset = 0) => Ask(new SessionRequest.PutSubscription(
        Machine.Attachment, new SessionSubscription(channel, At(offset), presence is null ? null : Text(presence))));

    public long Set(string key, string? value) =>
        Ask(new SessionRequest.SetState(Machine.Attachment, key, value is null ? null : Text(value)));

    public void Detach() => Ask(new SessionRequest.Detach(Machine.Attachment));

    public void Fire(SessionTimer timer)
    {
        Timers.Remove(timer).ShouldBeTrue($"{timer} is not running");
        Step(new SessionInput.TimerFired(timer));
    }

    /// <summary>The write under way is answered; it is in the row if it was committed, or if its answer was lost on the way back.</summary>
    public void Finish(WriteOutcome outcome = WriteOutcome.Committed, bool wasWritten = false)
    {
        var write = Write.ShouldNotBeNull();
        Write = null;
        if (outcome is WriteOutcome.Committed || wasWritten)
        {
            (Row?.Revision ?? 0).ShouldBe(write.ExpectedRevision);
            Row = write.Record is null ? null : new StoredSession(write.Record.Clone(), write.ExpectedRevision + 1, write.ExpiresAt);
        }

        Step(new SessionInput.Written(outcome));
    }

    /// <summary>Another entity takes over with nothing but the row, and what was handed over to it. Its shard has had another owner since.</summary>
    public void Reload()
    {
        Begin();
        Machine.Load(Row, Now);
        AskHandedOver();
    }

    public void HandOff()
    {
        _yielding = true;
        Step(new SessionInput.HandOff());
    }

    public void Lose()
    {
        _yielding = true;
        Step(new SessionInput.Lost());
    }

    /// <summary>The successor on another node goes on with what was exported.</summary>
    public void TakeOver()
    {
        var export = SessionExports.Read(Exported.ShouldNotBeNull().ToByteArray());
        Begin();
        Do(effects => Machine.Restore(export, Now, effects));
        AskHandedOver();
    }

    public void Move(OwnersChange change) => Step(new SessionInput.OwnersMoved(change));

    public void LoseHolder() => Step(new SessionInput.HolderGone());

    public void Leave() => Step(new SessionInput.Leave());

    private void Begin()
    {
        _fence = _fence with { Epoch = _fence.Epoch + 1 };
        Machine = new SessionMachine(Id, _policy, Node, _fence);
        Write = null;
        Timers.Clear();
        Passivated = null;
        Exported = null;
        _yielding = false;
    }

    private void AskHandedOver()
    {
        var given = _handedOver.ToList();
        _handedOver.Clear();
        foreach (var (request, from) in given)
        {
            Ask(request, from);
        }
    }

    /// <summary>As the shell does: what comes while it yields is for the successor, and so is what comes after it has stopped.</summary>
    private void Ask(SessionRequest request, ReplyTo from)
    {
        if (_yielding || Passivated is not null)
        {
            _handedOver.Add((request, from));
        }
        else
        {
            Step(new SessionInput.Asked(request, from));
        }
    }

    private void Step(SessionInput input)
    {
        (Passivated is null && Exported is null).ShouldBeTrue("a session that stopped is told nothing more");
        Do(effects => Machine.Step(input, Now, effects));
    }

    private void Do(Action<List<SessionEffect>> step)
    {
        var effects = new List<SessionEffect>();
        step(effects);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SessionEffect.Reply reply:
                    reply.To.Send(reply.Message);
                    break;
                case SessionEffect.Write write:
                    Write.ShouldBeNull("one write at a time");
                    write.Row.Fence.ShouldBe(_fence);
                    Write = write.Row;
                    Writes++;
                    break;
                case SessionEffect.TellChannel { Request: ChannelRequest.Announce announce } tell:
                    announce.Session.ShouldBe(Id);
                    Presence.Add($"join {tell.Channel}");
                    break;
                case SessionEffect.TellChannel { Request: ChannelRequest.Withdraw } tell:
                    Presence.Add($"left {tell.Channel}");
                    break;
                case SessionEffect.TellNode { News: SessionNews.Dismissed dismissed }:
                    Dismissed.Add((dismissed.Connection, dismissed.Code));
                    break;
                case SessionEffect.TellNode { News: SessionNews.Forgotten forgotten }:
                    Forgotten.Add(forgotten.Connection);
                    break;
                case SessionEffect.StartTimer start:
                    Timers[start.Timer] = start.After;
                    break;
                case SessionEffect.StopTimer stop:
                    Timers.Remove(stop.Timer);
                    break;
                case SessionEffect.HandOver given:
                    _handedOver.Add((given.Request, given.From));
                    break;
                case SessionEffect.Export export:
                    Write.ShouldBeNull("the write under way is waited for");
                    Exported = export.Session;
                    break;
                case SessionEffect.Passivate passivate:
                    Passivated.ShouldBeNull();
                    Passivated = passivate;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(step), effect, "has no arm");
            }
        }
    }
}
