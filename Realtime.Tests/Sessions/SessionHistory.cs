using System.Globalization;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Ids;
using Realtime.Messages.Sessions;
using Realtime.Node.Persistence.Events;
using Realtime.Node.Sessions.Core;
using static Realtime.Tests.Sessions.MachineRig;

namespace Realtime.Tests.Sessions;

/// <summary>
/// Runs a random history of one session, its log failing and its actor lost at any point, and checks after each step: at most one
/// connection
/// holds it and none that was dismissed; attachments never go back; a confirmed change of state is in the log and stays; nothing is
/// answered
/// twice; an ended session stays ended; ticks come to rest.
/// </summary>
internal sealed class SessionHistory
{
    private static readonly ChannelName[] Channels = [Chat, Other, ChannelName.Parse("chat:third")];

    private readonly MachineRig _rig = new();
    private readonly List<Client> _clients = [];
    private readonly Dictionary<long, Action<SessionReply>> _expected = [];
    private readonly Dictionary<string, long> _confirmed = [];
    private readonly Dictionary<string, HashSet<long>> _possible = [];
    private long _lastValue;
    private Attachment _newest;
    private long _attempts;
    private bool _hasEnded;
    private bool _isFailed;
    private bool _wasWritten;

    public SessionHistory()
    {
        _rig.Answered = (tag, reply) =>
        {
            if (_expected.Remove(tag, out var check))
            {
                check(reply);
            }
        };
        var first = new Client(Connection("c0"), ++_attempts);
        _clients.Add(first);
        Expect(first, _rig.Open(first.Ref, attempt: first.Attempt));
    }

    public void Run(IEnumerable<SessionCommand> commands)
    {
        foreach (var command in commands)
        {
            Do(command);
            Check();
            if (_rig.IsStopped || _rig.IsPassivated)
            {
                Begin();
            }
        }
    }

    private void Do(SessionCommand command)
    {
        switch (command)
        {
            case SessionCommand.Connect connect:
                var client = new Client(Connection($"c{_clients.Count}"), connect.Late ? Math.Max(1, _attempts - 1) : ++_attempts);
                _clients.Add(client);
                Ask(client, AttachOf(attempt: client.Attempt), reply => Expect(client, reply));
                break;
            case SessionCommand.AttachAgain again when Find(again.Connection) is { Attachment: { } attachment } known:
                var held = new HeldSession(attachment, known.Subscriptions);
                Ask(known, AttachOf(attempt: known.Attempt, held: held), reply => Expect(known, reply));
                break;
            case SessionCommand.Subscribe subscribe:
                var subscriber = Find(subscribe.Connection);
                var subscription = new SessionSubscription(Channels[subscribe.Channel], At(1), Text("here"));
                Ask(
                    subscriber,
                    tag => new SessionRequest.PutSubscription(Id, tag, subscription),
                    reply => OnSubscribed(subscriber, subscription, reply));
                break;
            case SessionCommand.Set set:
                Set(Find(set.Connection), $"k{set.Key}");
                break;
            case SessionCommand.Detach detach:
                var leaving = Find(detach.Connection);
                Ask(leaving, tag => new SessionRequest.Detach(Id, tag), _ => leaving.Attachment = null);
                break;
            case SessionCommand.Wait wait:
                _rig.Advance(TimeSpan.FromMilliseconds(wait.Milliseconds));
                break;
            case SessionCommand.LogAnswers when _isFailed:
                _isFailed = false;

                // A session that needs its log no longer lets go of it while it is out of reach.
                if (_rig.IsStarting)
                {
                    Resolve();
                }

                break;
            case SessionCommand.LogAnswers when _rig.Pending is not null:
                _rig.Commit();
                break;
            case SessionCommand.LogAnswers when _rig.IsStarting:
                _rig.Recover();
                break;
            case SessionCommand.LogFails fails when !_isFailed && (_rig.Pending is not null || _rig.IsStarting):
                (_isFailed, _wasWritten) = (true, fails.WasWritten && _rig.Pending is not null);
                _rig.Fail();
                _isFailed &= _rig.IsStarting;
                break;
            case SessionCommand.LogFull when !_isFailed && _rig.Pending is not null:
                (_isFailed, _wasWritten) = (true, false);
                _rig.FailFull();
                _isFailed &= _rig.IsStarting;
                break;
            case SessionCommand.ChannelAnswers when _rig.Withdrawals.Count > 0:
                _rig.Noted(_rig.Withdrawals[0]);
                break;
            case SessionCommand.HandOff:
                _rig.Step(new SessionInput.HandOff());
                break;
            case SessionCommand.Crash crash:
                Lose(_isFailed ? _wasWritten : crash.WasWritten);
                break;
            case SessionCommand.Expire:
                _rig.Ask(Connection("sweep"), tag => new SessionRequest.ExpireIfIdle(Id, tag));
                break;
        }
    }

    private void Resolve()
    {
        if (_rig.Pending is null)
        {
            _rig.Recover();
        }
        else
        {
            _rig.Resolve(_wasWritten);
        }
    }

    /// <summary>Another actor begins with the log; an append whose outcome nobody waited for is in it or not.</summary>
    private void Begin() => Lose(_isFailed && _wasWritten);

    private void Lose(bool wasWritten)
    {
        _rig.Stored = wasWritten && _rig.Pending is { } pending ? pending : _rig.Stored;
        _isFailed = false;
        _expected.Clear();
        _rig.Reload();

        // What was not confirmed is now decided by the log alone.
        var log = Log();
        foreach (var key in _confirmed.Keys.Union(_possible.Keys).Where(_ => _rig.Stored is not JournalEvent.Ended).ToList())
        {
            var found = log.GetValueOrDefault(key);
            if (found != _confirmed.GetValueOrDefault(key))
            {
                _possible.GetValueOrDefault(key, []).ShouldContain(found, $"{key} was refused, or lost");
                _confirmed[key] = found;
            }
        }

        _possible.Clear();
    }

    /// <summary>Each change has a number of its own, which grows; so a value that comes back later is found out.</summary>
    private void Set(Client client, string key)
    {
        var value = ++_lastValue;
        if (!_possible.TryGetValue(key, out var values))
        {
            _possible[key] = values = [];
        }

        values.Add(value);
        Ask(client, tag => new SessionRequest.SetState(Id, tag, key, Text($"{value}")), reply =>
        {
            if (reply is SessionReply.Done)
            {
                // Of several changes of one key in one append the last is in the log.
                var found = Log().GetValueOrDefault(key);
                found.ShouldBeGreaterThanOrEqualTo(value, "confirmed and not in the log");
                _confirmed[key] = found;
            }
            else if (reply is not SessionReply.Refused { Outcome: Outcome.Unknown })
            {
                values.Remove(value);
            }
        });
    }

    private Dictionary<string, long> Log() => _rig.Stored is JournalEvent.SessionSaved saved
        ? saved.Record.State.ToDictionary(
            entry => entry.Key, entry => long.Parse(entry.Value.Bytes.ToStringUtf8().Trim('"'), CultureInfo.InvariantCulture))
        : [];

    private void Ask(Client client, Func<long, SessionRequest> request, Action<SessionReply> check)
    {
        // The answer may come before the tag is known here: answers are looked up afterwards, too.
        var tag = _rig.Ask(client.Ref, request);
        if (_rig.Answers.TryGetValue(tag, out var reply))
        {
            check(reply);
        }
        else
        {
            _expected[tag] = check;
        }
    }

    private void Expect(Client client, SessionReply reply)
    {
        if (reply is not SessionReply.Attached attached)
        {
            return;
        }

        _hasEnded.ShouldBeFalse("a session that has ended is attached again");
        client.Attachment = attached.Attachment;
        client.Subscriptions = [.. attached.Subscriptions];
    }

    private static void OnSubscribed(Client client, SessionSubscription subscription, SessionReply reply)
    {
        if (reply is SessionReply.Done)
        {
            client.Subscriptions = [.. client.Subscriptions.Where(known => known.Channel != subscription.Channel), subscription];
        }
    }

    private void Check()
    {
        _hasEnded |= _rig.Stored is JournalEvent.Ended;
        var machine = _rig.Machine;
        (machine.Holder is not null).ShouldBe(machine.Stage is SessionStage.Attached);
        if (machine.Holder is { } holder)
        {
            _rig.News.Where(news => news.News is SessionNews.Dismissed).Select(news => news.Connection).LastOrDefault()
                .ShouldNotBe(holder.Connection, "the connection that holds it was the last to be dismissed");
            var client = _clients.Single(client => client.Ref.Equals(holder.Connection));
            machine.Subscriptions.Select(item => item.Channel)
                .ShouldBe(client.Subscriptions.Select(item => item.Channel), ignoreOrder: true);
        }

        if (machine.Stage is not SessionStage.Loading and not SessionStage.Absent && machine.Attachment > _newest)
        {
            _newest = machine.Attachment;
        }

        if (machine.NextTick(_rig.Now) is { } tick)
        {
            tick.ShouldBeGreaterThan(_rig.Now);
        }

        _rig.Withdrawals.ShouldAllBe(withdrawal => withdrawal.Stamp.Attachment <= machine.Attachment);
    }

    private Client Find(int number) => _clients[number % _clients.Count];

    private sealed class Client(IActorRef connection, long attempt)
    {
        public IActorRef Ref => connection;

        public long Attempt => attempt;

        public Attachment? Attachment { get; set; }

        public List<SessionSubscription> Subscriptions { get; set; } = [];
    }
}
