using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Realtime.Messages.Channels;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Feeds;

/// <summary>
/// What a feed reads from its channel: first pages for subscribers that join, further pages for those behind. A channel that stops answers
/// nothing, so each request is repeated until it is answered or nobody waits for it.
/// </summary>
internal sealed class ChannelReader(ChannelName channel, FeedSetup setup, RequestTags tags, IActorRef feed)
{
    private readonly Dictionary<long, PendingRead> _pending = [];
    private readonly Dictionary<StreamPosition, PendingRead.Page> _pages = [];

    public bool IsWaiting => _pending.Count > 0;

    public void ReadFirst(Subscriber subscriber) => Send(new PendingRead.First(subscriber));

    /// <summary>Readers at the same position share one request and one encoding.</summary>
    public void ReadAfter(Subscriber reader)
    {
        var after = reader.Cursor.Position;
        if (_pages.TryGetValue(after, out var same))
        {
            same.Readers.Add(reader);
            return;
        }

        var page = new PendingRead.Page(after, reader);
        _pages.Add(after, page);
        Send(page);
    }

    /// <summary>Takes out what an answer belongs to.</summary>
    public bool TryTake(long tag, [NotNullWhen(true)] out PendingRead? read)
    {
        if (!_pending.Remove(tag, out read))
        {
            return false;
        }

        if (read is PendingRead.Page page)
        {
            _pages.Remove(page.After);
        }

        return true;
    }

    /// <summary>The answer was of no use: it is asked again at the next tick, or when the channel's owner is known.</summary>
    public void PutBack(PendingRead read)
    {
        read.Age = setup.Policy.RepeatSeconds;
        if (read is PendingRead.Page page && !_pages.TryAdd(page.After, page))
        {
            _pages[page.After].Readers.AddRange(page.Readers);
            return;
        }

        _pending.Add(tags.Next(), read);
    }

    /// <summary>A second has passed: what has got old is asked again.</summary>
    public void Tick()
    {
        foreach (var read in _pending.Values)
        {
            read.Age++;
        }

        Repeat(setup.Policy.RepeatSeconds);
    }

    /// <summary>The channel's owner is known: asks it again what was of no use before.</summary>
    /// <param name="all">It is another one than before: the former owner may never answer.</param>
    public void Restart(bool all) => Repeat(all ? 0 : setup.Policy.RepeatSeconds);

    private void Repeat(int age)
    {
        foreach (var (tag, read) in _pending.Where(entry => entry.Value.Age >= age).ToList())
        {
            _pending.Remove(tag);
            if (IsWanted(read))
            {
                Send(read);
            }
            else if (read is PendingRead.Page page)
            {
                _pages.Remove(page.After);
            }
        }
    }

    private static bool IsWanted(PendingRead read) => read switch
    {
        PendingRead.First first => first.Subscriber is { Index: >= 0, Cursor.Mode: Core.CursorMode.Joining },
        PendingRead.Page page => page.Readers.Exists(reader => reader.Index >= 0 && reader.Cursor.Position == page.After),
        _ => false,
    };

    private void Send(PendingRead read)
    {
        var tag = tags.Next();
        read.Age = 0;
        _pending.Add(tag, read);
        var (messages, bytes) = (setup.Policy.PageMessages, setup.Policy.PageBytes);
        ChannelRequest request = read switch
        {
            PendingRead.First first =>
                new ChannelRequest.Subscribe(channel, tag, first.Subscriber.From, messages, bytes, WantsRoster: false),
            PendingRead.Page page => new ChannelRequest.Read(channel, tag, page.After, messages, bytes),
            _ => throw new InvalidOperationException($"{read.GetType()} cannot be sent"),
        };
        setup.Region.Tell(request, feed);
    }
}
