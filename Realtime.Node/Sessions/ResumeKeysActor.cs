using System.Security.Cryptography;
using Akka.Actor;
using Realtime.Node.Persistence;
using Realtime.Node.Persistence.Events;

namespace Realtime.Node.Sessions;

/// <summary>Reads the keys of the resume tokens at start, and makes the first one where there is none.</summary>
internal sealed class ResumeKeysActor : UntypedActor
{
    private const byte FirstKey = 1;

    private readonly EventLogSettings _settings;
    private readonly TaskCompletionSource<IReadOnlyDictionary<byte, byte[]>> _found;
    private readonly Dictionary<byte, byte[]> _keys = [];
    private EventLogChild _log;
    private byte[]? _made;

    public ResumeKeysActor(EventLogSettings settings, TaskCompletionSource<IReadOnlyDictionary<byte, byte[]>> found)
    {
        _settings = settings;
        _found = found;
        _log = NewLog();
    }

    public static Props Props(EventLogSettings settings, TaskCompletionSource<IReadOnlyDictionary<byte, byte[]>> found) =>
        Akka.Actor.Props.Create<ResumeKeysActor>(settings, found);

    protected override void PreStart() => _log.Start();

    protected override void PostStop()
    {
        _log.PostStop();
        _found.TrySetException(new InvalidOperationException("the actor that reads the keys of the resume tokens has stopped"));
    }

    protected override void OnReceive(object message)
    {
        var news = _log.Receive(message, out var isOurs);
        if (!isOurs)
        {
            Unhandled(message);
            return;
        }

        switch (news)
        {
            case LogNews.RecoveryStarted:
                _keys.Clear();
                break;
            case LogNews.Replayed replayed:
                Add(replayed.Events);
                break;
            case LogNews.Recovered when _keys.Count > 0:
                _found.TrySetResult(new Dictionary<byte, byte[]>(_keys));
                break;
            case LogNews.Recovered:
                _made = RandomNumberGenerator.GetBytes(ResumeKeys.KeyBytes);
                _log.Append(new JournalEvent.KeysAppended(new Dictionary<byte, ReadOnlyMemory<byte>> { [FirstKey] = _made }));
                break;
            case LogNews.Committed:
                _found.TrySetResult(new Dictionary<byte, byte[]> { [FirstKey] = _made! });
                break;
            case null when message is Terminated && !_log.IsRunning:
                // Another node has appended meanwhile, which for these keys is no reason to give up: what it wrote counts.
                _log = NewLog();
                _log.Start();
                break;
        }
    }

    private EventLogChild NewLog() => new(Context, EntityIds.KeysLog, _settings);

    private void Add(IReadOnlyList<LoggedEvent> events)
    {
        foreach (var keys in events.Select(logged => logged.Body).OfType<JournalEvent.KeysAppended>())
        {
            foreach (var (id, key) in keys.Keys)
            {
                _keys[id] = key.ToArray();
            }
        }
    }
}
