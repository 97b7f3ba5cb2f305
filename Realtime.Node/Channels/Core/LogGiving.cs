using Realtime.Messages.Channels;
using Realtime.Messages.Ids;

namespace Realtime.Node.Channels.Core;

/// <summary>
/// A keeper's side of giving a log to another node, for all its logs: the newest who begins to read may go on, and takes it with one message,
/// after which it is gone here. A few are read at a time; the others wait for their first page.
/// </summary>
/// <typeparam name="TAsker">Who asks.</typeparam>
internal sealed class LogGiving<TAsker>
{
    /// <summary>With 64 KiB each, what is on its way at once.</summary>
    public const int MostReading = 64;

    /// <summary>Rounds that a reader may be silent before its place is another's. It asks again much sooner.</summary>
    public const int MostSilent = 5;

    /// <summary>Rounds that it is known who took a log, for repeats of that.</summary>
    public const int Remembered = 60;

    private readonly Dictionary<ChannelName, Reader> _readers = [];
    private readonly OrderedDictionary<ChannelName, (TAsker Asker, KeeperMessage.Read Read)> _waiting = [];
    private readonly Dictionary<ChannelName, (long Attempt, int Age)> _given = [];

    public int ReadingCount => _readers.Count;

    public int WaitingCount => _waiting.Count;

    /// <param name="log">Null: there is none.</param>
    public void Read(TAsker asker, KeeperMessage.Read read, MemoryLog? log, List<(TAsker To, KeeperMessage Message)> answers)
    {
        var (channel, attempt) = (read.Channel, read.Attempt);
        if (log is null)
        {
            _readers.Remove(channel);
            _waiting.Remove(channel);
            answers.Add((asker, WhereGone(channel, attempt)));
        }
        else if (_readers.TryGetValue(channel, out var reader) && reader.Attempt != attempt && read.After is not null)
        {
            answers.Add((asker, new KeeperMessage.Replaced(channel, attempt)));
        }
        else if (reader is null && _readers.Count >= MostReading)
        {
            _waiting[channel] = (asker, read);
        }
        else
        {
            _waiting.Remove(channel);
            _readers[channel] = new Reader(attempt);
            answers.Add((asker, log.Page(channel, attempt, read.Producers, read.After)));
        }
    }

    /// <summary>Whether the log is this owner's now: then it is to be forgotten. All else is answered here.</summary>
    public bool MayTake(TAsker asker, KeeperMessage.Take take, bool isKept, List<(TAsker To, KeeperMessage Message)> answers)
    {
        var (channel, attempt) = (take.Channel, take.Attempt);
        if (!isKept)
        {
            answers.Add((asker, WhereGone(channel, attempt)));
            return false;
        }

        if (!_readers.TryGetValue(channel, out var reader) || reader.Attempt != attempt)
        {
            answers.Add((asker, new KeeperMessage.Replaced(channel, attempt)));
            return false;
        }

        return true;
    }

    /// <summary>The log is forgotten, and the owner may know it.</summary>
    public void Given(TAsker asker, KeeperMessage.Take take, List<(TAsker To, KeeperMessage Message)> answers)
    {
        _readers.Remove(take.Channel);
        _given[take.Channel] = (take.Attempt, 0);
        answers.Add((asker, new KeeperMessage.Given(take.Channel, take.Attempt)));
    }

    /// <summary>A log is left here, which may be that of a channel that was here before.</summary>
    public void Left(ChannelName channel)
    {
        _readers.Remove(channel);
        _given.Remove(channel);
    }

    /// <summary>Whether somebody reads it or waits to.</summary>
    public bool IsAskedFor(ChannelName channel) => _readers.ContainsKey(channel) || _waiting.ContainsKey(channel);

    /// <summary>Lets those go on who wait for a place.</summary>
    public IEnumerable<(TAsker Asker, KeeperMessage.Read Read)> Next()
    {
        while (_readers.Count < MostReading && _waiting.Count > 0)
        {
            var (_, next) = _waiting.GetAt(0);
            _waiting.RemoveAt(0);
            yield return next;
        }
    }

    /// <summary>A second has passed.</summary>
    public void Tick()
    {
        foreach (var (channel, reader) in _readers)
        {
            if (++reader.Silent > MostSilent)
            {
                _readers.Remove(channel);
            }
        }

        foreach (var (channel, (attempt, age)) in _given)
        {
            if (age >= Remembered)
            {
                _given.Remove(channel);
            }
            else
            {
                _given[channel] = (attempt, age + 1);
            }
        }
    }

    /// <summary>Of a log that is not here: this owner may have it, and not know.</summary>
    private KeeperMessage WhereGone(ChannelName channel, long attempt) => _given.TryGetValue(channel, out var given) && given.Attempt == attempt
        ? new KeeperMessage.Given(channel, attempt)
        : new KeeperMessage.NotKept(channel, attempt);

    private sealed class Reader(long attempt)
    {
        public long Attempt => attempt;

        public int Silent { get; set; }
    }
}
