using System.Text;
using Realtime.Cluster.Journal;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
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
    private long _lastTag;
    private long _lastConnection;

    public SessionRig(SessionPolicy? policy = null)
    {
        _policy = policy ?? new SessionPolicy();
        Machine = new SessionMachine(Id, _policy);
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

    public SessionEffect.Passivate? Passivated { get; private set; }

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes($"\"{text}\""));

    public static StreamPosition At(long offset) => new(new Epoch(5), offset);

    public void OnReply(long tag, EntityReply reply)
    {
        Answers.TryAdd(tag, reply).ShouldBeTrue($"request {tag} is answered twice");
        Answered?.Invoke(tag, reply);
    }

    public long Ask(SessionRequest request)
    {
        Step(new SessionInput.Asked(request, new ReplyTo(this, ++_lastTag)));
        return _lastTag;
    }

    public EntityReply Attach(bool create = false, SessionIdentity? identity = null) =>
        Answers[Ask(new SessionRequest.Attach(Node, new ConnectionId(++_lastConnection), create, identity))];

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

    /// <summary>Another entity takes over with nothing but the row.</summary>
    public void Reload()
    {
        Machine = new SessionMachine(Id, _policy);
        Machine.Load(Row);
        Write = null;
        Timers.Clear();
        Passivated = null;
    }

    public void Leave() => Step(new SessionInput.Leave());

    private void Step(SessionInput input)
    {
        Passivated.ShouldBeNull("a session that passivated is told nothing more");
        var effects = new List<SessionEffect>();
        Machine.Step(input, Now, effects);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case SessionEffect.Reply reply:
                    reply.To.Send(reply.Message);
                    break;
                case SessionEffect.Write write:
                    Write.ShouldBeNull("one write at a time");
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
                case SessionEffect.StartTimer start:
                    Timers[start.Timer] = start.After;
                    break;
                case SessionEffect.StopTimer stop:
                    Timers.Remove(stop.Timer);
                    break;
                case SessionEffect.Passivate passivate:
                    Passivated.ShouldBeNull();
                    Passivated = passivate;
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(input), effect, "has no arm");
            }
        }
    }
}
