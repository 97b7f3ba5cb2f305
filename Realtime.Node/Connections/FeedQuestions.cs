using System.Diagnostics.CodeAnalysis;
using Realtime.Cluster.Sharding;
using Realtime.Messages.Entities;
using Realtime.Messages.Frames;
using Realtime.Messages.Ids;
using Realtime.Messages.Positions;

namespace Realtime.Node.Connections;

/// <summary>
/// The questions a feed has open with its channel. An entity that stops on the way answers nothing, so a question that gets old is given
/// back to be asked again.
/// </summary>
internal sealed class FeedQuestions(ChannelName name, RelayServices services, IReplyReceiver receiver)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<long, FeedQuestion> _open = [];
    private readonly Dictionary<StreamPosition, FeedQuestion.Page> _pages = [];
    private long _generation;
    private long _lastTag;

    public int Count => _open.Count;

    /// <summary>The listening that counts; the answer to an older one is out of date.</summary>
    public long Generation => _generation;

    public bool IsAskingToListen { get; private set; }

    /// <summary>Announces this relay to the channel; does nothing while the last announcement has no answer.</summary>
    /// <param name="known">Who is believed to be here, for an owner that may not know; null when it does.</param>
    public void Listen(PresenceSnapshot? known)
    {
        if (!IsAskingToListen)
        {
            IsAskingToListen = true;
            _generation = services.NextGeneration();
            Ask(new ChannelRequest.Listen(services.Self, _generation) { Known = known }, new FeedQuestion.Listening(_generation));
        }
    }

    /// <summary>The channel has forgotten this relay: what was asked before does not count any more.</summary>
    public void ListenAgain(PresenceSnapshot? known)
    {
        IsAskingToListen = false;
        Listen(known);
    }

    public void Locate(Subscriber subscriber, StartFrom wish) =>
        Ask(new ChannelRequest.Locate(wish), new FeedQuestion.Where(subscriber));

    /// <summary>Asks for the page after the reader's position; readers at the same position share one question and one encoding.</summary>
    public void Read(Subscriber reader, int messages, int bytes)
    {
        var after = reader.Cursor.Position;
        if (_pages.TryGetValue(after, out var same))
        {
            same.Readers.Add(reader);
            return;
        }

        var page = new FeedQuestion.Page(after, reader);
        _pages.Add(after, page);
        Ask(new ChannelRequest.Read(after, messages, bytes), page);
    }

    public bool TryTake(long tag, [NotNullWhen(true)] out FeedQuestion? question)
    {
        if (!_open.Remove(tag, out question))
        {
            return false;
        }

        Forget(question);
        return true;
    }

    /// <summary>Keeps a page's readers together until the next look at the clock: the store could not be read.</summary>
    public void PutOff(FeedQuestion.Page page)
    {
        page.AskedAt = null;
        _open.Add(++_lastTag, page);
        if (!_pages.TryAdd(page.After, page))
        {
            _pages[page.After].Readers.AddRange(page.Readers);
            _open.Remove(_lastTag);
        }
    }

    /// <summary>Takes out what has had no answer for too long.</summary>
    public IReadOnlyList<FeedQuestion> TakeLate()
    {
        if (_open.Count == 0)
        {
            return [];
        }

        var now = services.Time.GetTimestamp();
        var late = new List<FeedQuestion>();
        foreach (var (tag, question) in _open)
        {
            if (question.AskedAt is not { } asked || services.Time.GetElapsedTime(asked, now) > AnswerTimeout)
            {
                _open.Remove(tag);
                Forget(question);
                late.Add(question);
            }
        }

        return late;
    }

    private void Forget(FeedQuestion question)
    {
        switch (question)
        {
            case FeedQuestion.Page page:
                _pages.Remove(page.After);
                break;
            case FeedQuestion.Listening listening when listening.Generation == _generation:
                IsAskingToListen = false;
                break;
            default:
                break;
        }
    }

    private void Ask(ChannelRequest request, FeedQuestion question)
    {
        question.AskedAt = services.Time.GetTimestamp();
        var tag = ++_lastTag;
        _open.Add(tag, question);
        services.Cluster.Ask(EntityAddress.Of(name), request, receiver, tag);
    }
}
