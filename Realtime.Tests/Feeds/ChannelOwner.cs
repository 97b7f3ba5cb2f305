using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Positions;

namespace Realtime.Tests.Feeds;

/// <summary>One actor that owns the scripted channel, or did: what it says arrives in order, when the test delivers it.</summary>
internal sealed class ChannelOwner
{
    private readonly Queue<(object Message, IActorRef To)> _said = new();
    private ScriptedRoster? _roster;

    public ChannelOwner(int number, bool isLocal = true) => Ref = new CallbackRef($"owner-{number}", Receive, isLocal);

    public IActorRef Ref { get; }

    /// <summary>What it was told directly.</summary>
    public List<object> Told { get; } = [];

    public IActorRef? Feed { get; private set; }

    public long Attempt { get; private set; }

    /// <summary>The latest attempt whose answer has arrived at the feed.</summary>
    public long AnsweredAttempt { get; private set; }

    /// <summary>Answers no renewal any more.</summary>
    public bool IsDead { get; set; }

    public LogLife? Life { get; set; }

    /// <summary>Bytes of all batches that it said.</summary>
    public long Through { get; private set; }

    public int Undelivered => _said.Count;

    public void Listen(ChannelRequest.Listen listen, IActorRef feed, ScriptedRoster? roster)
    {
        if (listen.Attempt < Attempt || listen.Known is { More: true })
        {
            return;
        }

        (Feed, Attempt, _roster) = (feed, listen.Attempt, roster);
        Say(new ChannelReply.Listening(listen.Tag, listen.Attempt, Life?.Head ?? default, roster?.Page(default)), feed);
    }

    public void Unlisten(ChannelRequest.Unlisten unlisten, IActorRef feed)
    {
        Feed = null;
        Attempt = unlisten.Attempt;
        Say(new ChannelReply.Noted(unlisten.Tag), feed);
    }

    /// <summary>Says it to the feed if there is one.</summary>
    public void Say(ChannelNews news)
    {
        if (news is ChannelNews.Batch batch)
        {
            news = batch with { Through = Through += batch.Bytes };
        }

        if (Feed is not null)
        {
            Say(news, Feed);
        }
    }

    public void Say(object message, IActorRef to) => _said.Enqueue((message, to));

    /// <summary>The next thing it said arrives.</summary>
    public void Deliver()
    {
        if (_said.TryDequeue(out var said))
        {
            var answered = (said.Message as ChannelReply.Listening)?.Attempt ?? 0;
            AnsweredAttempt = Math.Max(AnsweredAttempt, answered);
            said.To.Tell(said.Message, Ref);
        }
    }

    /// <summary>The next thing it said is lost on the way.</summary>
    public void Lose() => Lose(0);

    /// <summary>Of the things it said, those at these places are lost on the way.</summary>
    public void Lose(params ReadOnlySpan<int> places)
    {
        var (said, place) = (_said.ToArray(), 0);
        _said.Clear();
        foreach (var next in said)
        {
            if (!places.Contains(place++))
            {
                _said.Enqueue(next);
            }
        }
    }

    private void Receive(object message, IActorRef sender)
    {
        Told.Add(message);
        if (message is ChannelRequest.Renew renew && !IsDead)
        {
            Renew(renew, sender);
        }
    }

    /// <summary>A hub on another node is answered only when its feed has missed something.</summary>
    private void Renew(ChannelRequest.Renew renew, IActorRef hub)
    {
        var isListening = Feed is not null && renew.Attempt == Attempt;
        var (head, revision) = (Life?.Head ?? default, _roster?.Revision ?? -1);
        if (!isListening || renew.Progress is not { } progress || progress.Head != head || progress.Revision < revision)
        {
            hub.Tell(new ChannelReply.Renewed(renew.Tag, renew.Feed, renew.Attempt, isListening, head) { Revision = revision }, Ref);
        }
    }
}
