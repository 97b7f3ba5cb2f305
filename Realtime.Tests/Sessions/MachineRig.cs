using System.Text;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;
using Realtime.Messages.Sessions;
using Realtime.Node.Events;
using Realtime.Node.Events.Core;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions;
using Realtime.Node.Sessions.Core;
using EventKind = Realtime.Node.Events.EventKind;

namespace Realtime.Tests.Sessions;

/// <summary>A session's machine over a log that a test decides about, with its time in the test's hand.</summary>
internal sealed class MachineRig
{
    public static readonly SessionId Id = new(99);
    public static readonly NodeId Node = new("one");
    public static readonly ChannelName Chat = ChannelName.Parse("chat:room");
    public static readonly ChannelName Other = ChannelName.Parse("chat:other");
    public static readonly SessionIdentity Ann = new(new UserId("ann"), null);

    private long _lastTag;
    private bool _logIsOpen;

    private readonly bool _reports;

    public MachineRig(SessionPolicy? policy = null, bool reports = false)
    {
        Policy = policy ?? new SessionPolicy();
        _reports = reports;
        Machine = new SessionMachine(Id, Policy, Node, reports);
    }

    public SessionPolicy Policy { get; }

    public SessionMachine Machine { get; private set; }

    public long Now { get; private set; } = 1_000_000_000;

    public Dictionary<long, SessionReply> Answers { get; } = [];

    /// <summary>Called with each answer, as soon as it is given.</summary>
    public Action<long, SessionReply>? Answered { get; set; }

    public List<(IActorRef Connection, SessionNews News)> News { get; } = [];

    /// <summary>Withdrawals that were sent and not answered by the test.</summary>
    public List<ChannelRequest.Withdraw> Withdrawals { get; } = [];

    public List<SessionRequest.ContinueGrace> ToSuccessor { get; } = [];

    /// <summary>The successor is asked for what is not reported.</summary>
    public bool AsksSuccessor { get; private set; }

    /// <summary>What is on its way to the outbox.</summary>
    public ReportBatch? Batch { get; private set; }

    /// <summary>What the outbox holds.</summary>
    public List<EventReport> Outbox { get; } = [];

    /// <summary>What was reported so far, as the application learns of it.</summary>
    public IEnumerable<EventKind> Events
    {
        get
        {
            var fold = new EventFold();
            return [.. Outbox.Select((report, place) => fold.Take(report.Partition, At(place), 1, report)?.Kind).OfType<EventKind>()];
        }
    }

    /// <summary>The outbox takes what is on its way.</summary>
    public void WriteReports()
    {
        var batch = Batch.ShouldNotBeNull("nothing is on its way to the outbox");
        Batch = null;
        Outbox.AddRange(batch.Reports);
        Step(new SessionInput.Reported(batch.Tag));
    }

    /// <summary>What the log holds: the newest event.</summary>
    public JournalEvent? Stored { get; set; }

    public JournalEvent? Pending { get; private set; }

    public int Appends { get; private set; }

    /// <summary>The log's actor was started and has not answered.</summary>
    public bool IsStarting { get; private set; }

    public bool WasNew { get; private set; }

    public int LogStarts { get; private set; }

    public bool IsPassivated { get; private set; }

    public bool IsStopped { get; private set; }

    public static IActorRef Connection(string name = "c1") => new NamedRef(name);

    public static Payload Text(string text) => new(Encoding.UTF8.GetBytes($"\"{text}\""));

    public static StreamPosition At(long offset) => new(new Epoch(5), offset);

    public long Ask(IActorRef from, Func<long, SessionRequest> request)
    {
        var tag = ++_lastTag;
        Step(new SessionInput.Asked(request(tag), from));
        return tag;
    }

    public SessionReply Answer(IActorRef from, Func<long, SessionRequest> request) => Answers[Ask(from, request)];

    public SessionReply Attach(
        IActorRef from, bool isNew = false, long? attempt = null, SessionIdentity? identity = null, HeldSession? held = null) =>
        Answer(from, AttachOf(isNew, attempt, identity, held));

    public static Func<long, SessionRequest> AttachOf(
        bool isNew = false, long? attempt = null, SessionIdentity? identity = null, HeldSession? held = null) =>
        tag => new SessionRequest.Attach(Id, tag, Node, new ConnectionId(1))
        {
            IsNew = isNew, Attempt = attempt, Identity = identity, Held = held,
        };

    /// <summary>A new session that is attached.</summary>
    public SessionReply.Attached Open(IActorRef from, SessionIdentity? identity = null, long? attempt = null) =>
        Attach(from, true, attempt, identity).ShouldBeOfType<SessionReply.Attached>();

    /// <summary>A session that is attached, present on a channel, and written; its log is closed again.</summary>
    public SessionReply.Attached OpenAndWrite(IActorRef from, SessionIdentity? identity = null, long? attempt = null)
    {
        var attached = Open(from, identity, attempt);
        Subscribe(from, Chat, "here");
        Advance(Policy.WriteBehind);
        Recover();
        Commit();
        Advance(Policy.LogLinger);
        _logIsOpen.ShouldBeFalse();
        return attached;
    }

    public SessionReply Subscribe(IActorRef from, ChannelName channel, string? presence = null, long offset = 0) => Answer(
        from,
        tag => new SessionRequest.PutSubscription(
            Id, tag, new SessionSubscription(channel, At(offset), presence is null ? null : Text(presence))));

    public long Set(IActorRef from, string key, string? value) =>
        Ask(from, tag => new SessionRequest.SetState(Id, tag, key, value is null ? null : Text(value)));

    public SessionReply Detach(IActorRef from, CloseCode? why = null) => Answer(from, tag => new SessionRequest.Detach(Id, tag, why));

    public long End(IActorRef from) => Ask(from, tag => new SessionRequest.End(Id, tag));

    public void Noted(ChannelRequest.Withdraw request)
    {
        Withdrawals.RemoveAll(sent => sent.Tag == request.Tag);
        Step(new SessionInput.ChannelAnswered(new ChannelReply.Noted(request.Tag)));
    }

    /// <summary>Lets time pass, with every tick that is wanted on the way.</summary>
    public void Advance(TimeSpan by)
    {
        var until = Now + (long)by.TotalMilliseconds;
        while (Machine.NextTick(Now) is { } tick && tick <= until)
        {
            tick.ShouldBeGreaterThan(Now, "a tick that is due already would come again and again");
            Now = tick;
            Step(new SessionInput.Tick());
        }

        Now = until;
    }

    /// <summary>The log has been read back.</summary>
    public void Recover(bool wasCommitted = false)
    {
        IsStarting.ShouldBeTrue("the log was not started");
        IsStarting = false;
        Step(new SessionInput.LogRecovered(
            (Stored as JournalEvent.SessionSaved)?.Record.Clone(), Stored is JournalEvent.Ended, Stored is not null, wasCommitted));
    }

    public void Commit()
    {
        Stored = Pending.ShouldNotBeNull("nothing is under way");
        Pending = null;
        Step(new SessionInput.LogCommitted());
    }

    /// <summary>The log stops, with an append under way or not, and will be started again by itself.</summary>
    public void Fail()
    {
        _logIsOpen.ShouldBeTrue();
        IsStarting = true;
        Step(new SessionInput.LogUnavailable(TimeSpan.FromSeconds(2)));
    }

    /// <summary>The log stops for good, with an append under way or not.</summary>
    public void Lose()
    {
        Pending = null;
        Step(new SessionInput.LogUnavailable(TimeSpan.FromSeconds(2), IsFinal: true));
    }

    /// <summary>The log stops because there is no room: what was under way is not written.</summary>
    public void FailFull()
    {
        Pending.ShouldNotBeNull("nothing is under way");
        Pending = null;
        IsStarting = true;
        Step(new SessionInput.LogUnavailable(TimeSpan.FromSeconds(2), IsStoreFull: true, NothingWritten: true));
    }

    /// <summary>The log is back; what was under way turns out to be written, or not.</summary>
    public void Resolve(bool wasWritten)
    {
        Stored = wasWritten ? Pending.ShouldNotBeNull() : Stored;
        Pending = null;
        Recover(wasWritten);
    }

    public void Step(SessionInput input)
    {
        var effects = new List<SessionEffect>();
        Machine.Step(input, Now, effects);
        foreach (var effect in effects)
        {
            Do(effect);
        }
    }

    /// <summary>Another actor begins with nothing but the log.</summary>
    public void Reload()
    {
        Machine = new SessionMachine(Id, Policy, Node, _reports);
        Batch = null;
        (_logIsOpen, IsStarting, IsPassivated, IsStopped, Pending) = (false, false, false, false, null);
        News.Clear();
        Withdrawals.Clear();
    }

    /// <summary>Another actor begins and is asked by this connection; its log is read back.</summary>
    public SessionReply ReloadAndAttach(IActorRef from, long? attempt = null, HeldSession? held = null, SessionIdentity? identity = null)
    {
        Reload();
        var tag = Ask(from, AttachOf(false, attempt, identity, held));
        Recover();
        return Answers[tag];
    }

    private void Do(SessionEffect effect)
    {
        switch (effect)
        {
            case SessionEffect.Reply reply:
                Answers.TryAdd(reply.Message.Tag, reply.Message).ShouldBeTrue($"request {reply.Message.Tag} is answered twice");
                Answered?.Invoke(reply.Message.Tag, reply.Message);
                break;
            case SessionEffect.Tell tell:
                News.Add((tell.Connection, tell.News));
                break;
            case SessionEffect.TellChannel tell:
                Withdrawals.Add(tell.Request);
                break;
            case SessionEffect.TellSuccessor { Request: SessionRequest.ContinueGrace grace }:
                ToSuccessor.Add(grace);
                break;
            case SessionEffect.TellSuccessor:
                AsksSuccessor = true;
                break;
            case SessionEffect.Report report:
                Batch = report.Batch;
                break;
            case SessionEffect.StartLog start:
                _logIsOpen.ShouldBeFalse("the log runs already");
                (_logIsOpen, IsStarting, WasNew) = (true, true, start.IsNew);
                LogStarts++;
                break;
            case SessionEffect.Append append:
                IsStarting.ShouldBeFalse("the log cannot be used yet");
                Pending.ShouldBeNull("one append at a time");
                Pending = append.Event;
                Appends++;
                break;
            case SessionEffect.CloseLog:
                Pending.ShouldBeNull("an append is under way");
                (_logIsOpen, IsStarting) = (false, false);
                Step(new SessionInput.LogClosed());
                break;
            case SessionEffect.Passivate:
                _logIsOpen.ShouldBeFalse();
                IsPassivated = true;
                break;
            case SessionEffect.Stop:
                IsStopped = true;
                break;
        }
    }
}
