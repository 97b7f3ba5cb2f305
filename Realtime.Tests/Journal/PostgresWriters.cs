using System.Globalization;
using Realtime.Cluster.Journal;
using Realtime.Messages.Ids;

namespace Realtime.Tests.Journal;

/// <summary>
/// Keeps one append to each of some logs under way and notes what it was told, as an entity does: after an unknown outcome it asks for
/// the head, and after a refusal it tries again.
/// </summary>
internal sealed class PostgresWriters(StoreCase store, int logs)
{
    private readonly List<string>[] _acknowledged = [.. Enumerable.Range(0, logs).Select(_ => new List<string>())];
    private readonly LogId[] _logs = new LogId[logs];
    private readonly CancellationTokenSource _over = new();
    private Task[] _running = [];
    private long _total;
    private long _unknown;

    public long Total => Interlocked.Read(ref _total);

    public long Unknown => Interlocked.Read(ref _unknown);

    public async Task StartAsync()
    {
        for (var i = 0; i < logs; i++)
        {
            _logs[i] = (await store.OpenAsync($"chat:{i}")).Log;
        }

        _running = [.. Enumerable.Range(0, logs).Select(i => Task.Run(() => WriteAsync(i)))];
    }

    /// <summary>Waits for some more acknowledgements: load is under way.</summary>
    public Task MoreAsync(int count)
    {
        var mark = Total;
        return Deadline.Until(() => Total >= mark + count, $"{count} more acknowledged appends");
    }

    /// <summary>Ends, and compares what was acknowledged with what is there: each message once, at its place.</summary>
    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_running);
        for (var i = 0; i < logs; i++)
        {
            var slice = await store.ReadAsync(_logs[i]);
            string.Join(" ", StoreCase.Texts(slice)).ShouldBe(string.Join(" ", _acknowledged[i]), $"log {i}");
            slice.Head.ShouldBe(_acknowledged[i].Count);
        }

        _over.Dispose();
    }

    private async Task WriteAsync(int i)
    {
        var number = 0;
        while (!_over.IsCancellationRequested)
        {
            var head = _acknowledged[i].Count;
            var text = (++number).ToString(CultureInfo.InvariantCulture);
            var outcome = await store.Append(_logs[i], head, text);
            switch (outcome)
            {
                case WriteOutcome.Committed:
                    Note(i, text);
                    break;
                case WriteOutcome.Unknown:
                    Interlocked.Increment(ref _unknown);
                    if ((await HeadAsync(_logs[i])).Head > head)
                    {
                        Note(i, text);
                    }

                    break;
                case WriteOutcome.Unavailable:
                    await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                    break;
                default:
                    throw new InvalidOperationException($"append {text} after {head} to log {i}: {outcome}");
            }
        }
    }

    private void Note(int i, string text)
    {
        _acknowledged[i].Add(text);
        Interlocked.Increment(ref _total);
    }

    private async Task<LogSlice> HeadAsync(LogId log)
    {
        while (true)
        {
            try
            {
                return await store.HeadAsync(log);
            }
            catch (StoreUnavailableException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        }
    }
}
