using Realtime.Messages.Entities;
using Realtime.Messages.Errors;
using Realtime.Messages.Positions;
using Realtime.Node.Channels;
using Realtime.Node.Channels.Core;
using Realtime.Node.Namespaces;

namespace Realtime.Tests.Channels;

/// <summary>
/// Runs a random sequence against a channel and a model of its store, and holds every answer, every word to listeners and every page
/// against what the guarantees say of them.
/// </summary>
internal sealed class ChannelHistory
{
    private readonly ChannelRig _rig = new(
        new NamespacePolicy("chat") { History = new HistoryLimits { Count = 12, Age = TimeSpan.FromSeconds(2) } },
        new ChannelPolicy { RecentMessages = 4, PendingMessages = 6 });

    private readonly Dictionary<long, Sent> _sent = [];
    private readonly Dictionary<string, long> _ackedBeforeFirst = [];
    private readonly StreamPosition[] _readers;
    private long _acked;
    private long _told;
    private int _unnumbered;
    private Sent? _pending;

    public ChannelHistory()
    {
        _readers = [At(0), At(0), At(0)];
        _rig.Answered = Answered;
        _rig.Told = Told;
        Listen();
    }

    public void Run(IEnumerable<ChannelCommand> commands)
    {
        foreach (var command in commands)
        {
            Do(command);
        }

        while (_rig.InDoubt || _rig.Appends.Count > 0)
        {
            Do(_rig.InDoubt ? new ChannelCommand.Resolve() : new ChannelCommand.Write(Realtime.Cluster.Journal.WriteOutcome.Committed));
        }

        for (var reader = 0; reader < _readers.Length; reader++)
        {
            while (_readers[reader] != At(_rig.Store.Head))
            {
                Read(reader, 5);
            }
        }

        // Texts name what was published; a sequence number always comes with the same text.
        var texts = _rig.Store.All.Select(ChannelRig.TextOf).ToList();
        texts.ShouldBeUnique();
    }

    private void Do(ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.Publish publish:
                Publish(publish);
                break;
            case ChannelCommand.Write write when _rig.Appends.Count > 0:
                _rig.Write(write.Outcome);
                break;
            case ChannelCommand.LoseAnswer lose when _rig.Appends.Count > 0 && _rig.Appends[0].Messages.Count > 0:
                _rig.LoseAnswer(lose.WasWritten);
                break;
            case ChannelCommand.Resolve when _rig.InDoubt:
                _rig.Resolve();
                break;
            case ChannelCommand.Read read:
                Read(read.Reader, read.Limit);
                break;
            case ChannelCommand.Crash crash:
                if (crash.WasWritten && _rig.Appends.Count > 0)
                {
                    _rig.Store.Append(_rig.Appends[0]);
                }

                Reopen();
                break;
            case ChannelCommand.HandOff handOff:
                // Whoever listened is not asked to listen again, and must miss nothing all the same.
                _rig.HandOff(() => Settle(handOff));
                break;
            case ChannelCommand.TakeAway when _rig.Appends.Count > 0:
                _rig.TakeAway();
                Listen();
                break;
            case ChannelCommand.TimePasses time:
                _rig.Now += time.Milliseconds;
                _rig.Step(new ChannelInput.AgeTick());
                _rig.ServeReads();
                break;
            default:
                break;
        }

        if (_rig.GaveUp is not null)
        {
            Reopen();
        }

        _rig.Machine.Log.Head.ShouldBeLessThanOrEqualTo(_rig.Store.Head);
    }

    private void Settle(ChannelCommand.HandOff handOff)
    {
        if (_rig.InDoubt)
        {
            _rig.Resolve();
        }
        else if (handOff.Ends is { } outcome)
        {
            _rig.Write(outcome);
        }
        else
        {
            _rig.LoseAnswer(handOff.WasWritten);
        }
    }

    private void Publish(ChannelCommand.Publish publish)
    {
        var name = publish.Sequence == 0 ? $"u{++_unnumbered}" : $"{publish.Producer}.{publish.Sequence}";
        _ackedBeforeFirst.TryAdd(name, _acked);
        var text = publish.Sequence == 0 ? name + new string('.', publish.Size) : name;

        // Known before it is asked: some answers come within the step.
        var request = new ChannelRequest.Publish(ChannelRig.Text(text), ChannelRig.Ann, null)
        {
            Producer = publish.Sequence == 0 ? null : ChannelRig.Producer($"p-{publish.Producer}"),
            Sequence = publish.Sequence == 0 ? null : publish.Sequence,
        };
        _pending = new Sent(name, text);
        var tag = _rig.Ask(request);
        _sent[tag] = _pending;
        _pending = null;
    }

    private void Answered(long tag, EntityReply reply)
    {
        var sent = _sent.TryGetValue(tag, out var known) ? known : _pending;
        switch (reply)
        {
            case ChannelReply.Published published:
                sent.ShouldNotBeNull();
                var position = published.Position!.Value;
                position.Epoch.ShouldBe(_rig.Store.Epoch);

                // I2: what is acknowledged is in the store at its position, byte for byte.
                ChannelRig.TextOf(_rig.Store.All[(int)position.Offset - 1]).ShouldBe(sent.Text);

                // I3: it comes after everything that had been acknowledged when it was first sent.
                position.Offset.ShouldBeGreaterThan(_ackedBeforeFirst[sent.Name]);
                _acked = Math.Max(_acked, position.Offset);
                break;
            case EntityReply.Refused { Outcome: Outcome.None } when sent is not null:
                _rig.Store.All.Select(ChannelRig.TextOf).ShouldNotContain(sent.Text, "a definite refusal was written");
                break;
            default:
                break;
        }
    }

    private void Told(ChannelNews news)
    {
        foreach (var message in ((ChannelNews.Messages)news).Items)
        {
            // I4c, and in offset order: committed before it is told, and nothing left out while somebody listens.
            message.Offset.ShouldBe(_told + 1);
            _rig.Store.All[(int)message.Offset - 1].ShouldBeSameAs(message);
            _told = message.Offset;
        }
    }

    private void Read(int reader, int limit)
    {
        var at = _readers[reader];
        var page = _rig.Get<ChannelReply.Page>(new ChannelRequest.Read(at, limit, int.MaxValue));
        if (page.Gap is { } gap)
        {
            // I4a: the gap covers exactly what is no longer kept.
            gap.ShouldBe(new GapNotice(GapReason.Trimmed, At(gap.Position.Offset), at.Offset + 1, gap.Position.Offset));
            var log = _rig.Machine.Log;
            gap.Position.Offset.ShouldBeOneOf(log.Tail - 1, Math.Min(_rig.Store.Tail - 1, log.Head));
            at = gap.Position;
        }

        foreach (var message in page.Messages)
        {
            message.ShouldBe(_rig.Store.All[(int)at.Offset]);
            at = At(at.Offset + 1);
            message.Offset.ShouldBe(at.Offset);
        }

        if (page.Messages.Count == 0 && page.Gap is null)
        {
            at.ShouldBe(page.Head);
        }

        _readers[reader] = at;

        // Whoever comes back with a position it was given is never told that this is ahead of the log.
        _rig.Get<ChannelReply.Located>(new ChannelRequest.Locate(new StartFrom.At(at))).Gap?.Reason.ShouldBe(GapReason.Trimmed);
    }

    private void Reopen()
    {
        _rig.Reopen();
        Listen();
    }

    private void Listen() => _told = _rig.Get<ChannelReply.Listening>(new ChannelRequest.Listen(ChannelRig.Node, 1)).Head.Offset;

    private StreamPosition At(long offset) => new(_rig.Store.Epoch, offset);

    private sealed record Sent(string Name, string Text);
}
