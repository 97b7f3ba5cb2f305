using Npgsql;
using Realtime.Messages.Ids;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// One node on a database: a lock that a session of its own holds. A thread of its own proves every two seconds that it still does, so
/// that no work of the node can hold the proofs up. The database ends the session of a holder that is silent for eight seconds, which is
/// after the holder's lease is over.
/// </summary>
internal sealed class PostgresClaim : IAsyncDisposable
{
    /// <summary>Settings of the session.</summary>
    public const string Settings = "-c idle_session_timeout=8s";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource _source;
    private readonly string _application;
    private readonly TimeProvider _time;
    private readonly StoreLogging _log;
    private readonly Action<string> _lost;
    private readonly ClaimLease _lease;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClaimSession? _session;
    private bool _isStarted;
    private long _life;

    /// <param name="source">Gives connections that are not pooled, with <see cref="Settings"/> and short time-outs.</param>
    /// <param name="application">Application name of those connections; no other claim has it.</param>
    /// <param name="lost">Called once, on the claim's thread, with the reason in words.</param>
    public PostgresClaim(NpgsqlDataSource source, string application, TimeProvider time, StoreLogging log, Action<string> lost)
    {
        (_source, _application, _time, _log, _lost) = (source, application, time, log, lost);
        _lease = new ClaimLease(time);
    }

    public IWriterLease Lease => _lease;

    /// <summary>Waits for a predecessor to end.</summary>
    /// <returns>Null: it is this node's now. Else who still has it when the patience is over.</returns>
    public Task<ClaimHolder?> TakeAsync(TimeSpan patience, CancellationToken cancellation)
    {
        var taken = new TaskCompletionSource<ClaimHolder?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _isStarted = true;
        new Thread(() => Run(taken, patience, cancellation)) { IsBackground = true, Name = "store claim" }.Start();
        return taken.Task;
    }

    /// <summary>From now on the claim is lost when another opening was counted, though the lock be free again.</summary>
    public void Opened(Incarnation incarnation) => Volatile.Write(ref _life, incarnation.Value);

    public async ValueTask DisposeAsync()
    {
        _lease.End();
        await _stopping.CancelAsync();
        if (_isStarted)
        {
            await _ended.Task;
        }

        _stopping.Dispose();
        await _source.DisposeAsync();
    }

    private void Run(TaskCompletionSource<ClaimHolder?> taken, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            if (Take(taken, patience, cancellation))
            {
                Keep();
            }
        }
        finally
        {
            _lease.End();
            Release();
            _ended.SetResult();
        }
    }

    private bool Take(TaskCompletionSource<ClaimHolder?> taken, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            _session = new ClaimSession(_source.OpenConnection());
            var start = _time.GetTimestamp();
            while (true)
            {
                var began = _time.GetTimestamp();
                if (_session.TryTake())
                {
                    _lease.Proved(began);
                    taken.SetResult(null);
                    return true;
                }

                if (_time.GetElapsedTime(start) >= patience && _session.Holder() is { } holder)
                {
                    taken.SetResult(holder);
                    return false;
                }

                cancellation.ThrowIfCancellationRequested();
                var ended = WaitHandle.WaitAny([_stopping.Token.WaitHandle, cancellation.WaitHandle], RetryPause);
                ObjectDisposedException.ThrowIf(ended == 0, this);
            }
        }
        catch (Exception e)
        {
            taken.SetException(e);
            return false;
        }
    }

    private void Keep()
    {
        while (!_stopping.Token.WaitHandle.WaitOne(_session is null ? RetryPause : Pause))
        {
            try
            {
                if (Prove() is { } why)
                {
                    _log.ClaimLost(why);
                    _lease.End();
                    _lost(why);
                    return;
                }
            }
            catch (Exception e) when (_session is null)
            {
                _log.ClaimNotTaken(e);
            }
            catch (Exception e) when (_session is { IsOpen: true })
            {
                // The claim is still there: a slow database is no reason to give it away.
                _log.ClaimNotProved(e);
            }
            catch (Exception e)
            {
                Drop(e);
            }
        }
    }

    /// <summary>Proves the claim or takes it again. Why it is lost for good; null while it is not.</summary>
    private string? Prove()
    {
        var began = _time.GetTimestamp();
        if (_session is not null)
        {
            if (!_session.Holds())
            {
                Drop(new InvalidOperationException("the session does not hold the claim"));
                return null;
            }
        }
        else
        {
            var session = new ClaimSession(_source.OpenConnection());
            if (!TryTakeAgain(session, out var why))
            {
                session.Dispose();
                return why;
            }

            _session = session;
            _log.ClaimAgain();
        }

        if (Volatile.Read(ref _life) is var life and > 0 && _session.Lives(life) is var lives && lives > life)
        {
            return $"another node has opened the store meanwhile, as number {lives}; this one is number {life}";
        }

        _lease.Proved(began);
        return null;
    }

    private bool TryTakeAgain(ClaimSession session, out string? why)
    {
        why = null;
        if (session.TryTake())
        {
            return true;
        }

        if (session.Holder() is { } holder)
        {
            // The server may not have seen yet that an earlier connection of this claim is gone.
            if (holder.Application == _application)
            {
                session.EndOther(holder.Process);
            }
            else
            {
                why = $"the store is in use by {holder}";
            }
        }

        return false;
    }

    private void Drop(Exception e)
    {
        _log.ClaimBroken(e);
        _session?.Dispose();
        _session = null;
    }

    private void Release()
    {
        try
        {
            _session?.Release();
        }
        catch (Exception e)
        {
            // Ends with the connection.
            _log.ClaimNotReleased(e);
        }

        _session?.Dispose();
    }
}
