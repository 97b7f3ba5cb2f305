using System.Collections.Concurrent;
using Npgsql;
using Realtime.Messages.Ids;
using Realtime.Node.Persistence.Members;

namespace Realtime.Node.Persistence.Store.Postgres;

/// <summary>
/// Renews the row of this process on a connection and a thread of its own, so that no work of the node can hold the renewals up, and reads all rows with it. What is to be written
/// about members goes the same way, between two renewals.
/// </summary>
internal sealed class PostgresMembers : IMemberRows, IAsyncDisposable
{
    private static readonly TimeSpan HurriedRenewal = MemberTimes.Renewal / 4;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;
    private readonly StoreLogging _log;
    private readonly Action<string> _lost;
    private readonly MemberLease _lease;
    private readonly ConcurrentQueue<Order> _orders = [];
    private readonly AutoResetEvent _wake = new(false);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IReadOnlyList<Incarnation> _unreachable = [];
    private volatile MemberPicture? _picture;
    private string? _resigned;
    private int _hurried;
    private bool _isDisposed;

    /// <summary>Or it stands still: nothing more is tried.</summary>
    private bool _isRowEnded;
    private MemberSession? _session;

    /// <param name="source">Gives connections that are not pooled, with <see cref="MemberSession.Settings"/> and short time-outs.</param>
    /// <param name="began">When the row was written.</param>
    /// <param name="lost">Called once, on the thread of the renewals, with the reason in words.</param>
    public PostgresMembers(NpgsqlDataSource source, Incarnation self, long began, TimeProvider time, StoreLogging log, Action<string> lost)
    {
        (_source, Self, _time, _log, _lost) = (source, self, time, log, lost);
        _lease = new MemberLease(time);
        _lease.Renewed(began);
        new Thread(Run) { IsBackground = true, Name = "member row" }.Start();
    }

    public event Action<MemberPicture>? Pictured;

    public Incarnation Self { get; }

    public IReadOnlyList<string> EndedUrls { get; init; } = [];

    public IWriterLease Lease => _lease;

    public MemberPicture? Picture => _picture;

    public IReadOnlyList<Incarnation> Unreachable
    {
        get => _unreachable;
        set
        {
            _unreachable = value;
            Wake();
        }
    }

    public IDisposable Hurry()
    {
        Interlocked.Increment(ref _hurried);
        Wake();
        return new Hurried(this);
    }

    public Task AnnounceAsync(MemberAddress address) => OrderAsync(session =>
    {
        session.Announce(address);
        return true;
    });

    public Task JoinedAsync() => OrderAsync(session =>
    {
        session.Joined();
        return true;
    });

    public Task<bool> FoundAsync(MemberPicture seen) => OrderAsync(session => session.Found(seen));

    public Task<bool> JudgeAsync(MemberPicture seen, MemberVerdict verdict) => OrderAsync(session => session.Judge(seen, verdict));

    public void Resign(string why)
    {
        _lease.End();
        Interlocked.CompareExchange(ref _resigned, why, null);
        Wake();
    }

    public Task EndAsync()
    {
        _lease.End();
        lock (_lease)
        {
            if (!_isDisposed)
            {
                _stopping.Cancel();
            }
        }

        return _ended.Task;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        lock (_lease)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _stopping.Dispose();
        _wake.Dispose();
        await _source.DisposeAsync();
    }

    private Task<bool> OrderAsync(Func<MemberSession, bool> carryOut)
    {
        var order = new Order(carryOut);
        _orders.Enqueue(order);
        Wake();

        // The thread may have ended before it was put there.
        if (_ended.Task.IsCompleted)
        {
            FailOrders(new ObjectDisposedException(nameof(PostgresMembers)));
        }

        return order.Done.Task;
    }

    private void Wake()
    {
        if (!_ended.Task.IsCompleted)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        try
        {
            while (!_stopping.IsCancellationRequested && Turn())
            {
                var pause = _session is null ? RetryPause : Volatile.Read(ref _hurried) > 0 ? HurriedRenewal : MemberTimes.Renewal;
                WaitHandle.WaitAny([_stopping.Token.WaitHandle, _wake], pause);
            }
        }
        finally
        {
            _lease.End();
            EndRow(_session is null ? 1 : 2);
            _ended.SetResult();
            FailOrders(new ObjectDisposedException(nameof(PostgresMembers)));
        }
    }

    /// <returns>False: this process is no member any more.</returns>
    private bool Turn()
    {
        if (Volatile.Read(ref _resigned) is { } why)
        {
            GiveUp(why);
            return false;
        }

        try
        {
            _session ??= Connect();
            CarryOut(_session);
            return Renew(_session);
        }
        catch (Exception e) when (_session is null)
        {
            _log.MembersNotReached(e);
            FailOrders(e);
        }
        catch (Exception e)
        {
            _log.RowNotRenewed(e);
            FailOrders(e);
            if (_session is { IsOpen: false } broken)
            {
                broken.Dispose();
                _session = null;
            }
        }

        return true;
    }

    private MemberSession Connect()
    {
        var session = new MemberSession(_source.OpenConnection(), Self, _time);
        _log.MembersReached();
        return session;
    }

    private bool Renew(MemberSession session)
    {
        var (isRenewed, picture) = session.Renew(_unreachable);
        if (!isRenewed)
        {
            GiveUp(picture.Find(Self) is { } row ? $"the other nodes go on without it: {row.Verdict}" : "its member row is gone");
            return false;
        }

        _lease.Renewed(picture.Began);
        _picture = picture;
        Pictured?.Invoke(picture);
        return true;
    }

    private void GiveUp(string why)
    {
        _lease.End();
        _log.ClaimLost(why);
        EndRow(_session is null ? 0 : 1);
        _lost(why);
    }

    private void CarryOut(MemberSession session)
    {
        while (_orders.TryDequeue(out var order))
        {
            try
            {
                order.Done.SetResult(order.CarryOut(session));
            }
            catch (Exception e)
            {
                order.Done.SetException(e);
                throw;
            }
        }
    }

    private void FailOrders(Exception e)
    {
        while (_orders.TryDequeue(out var order))
        {
            order.Done.SetException(e);
        }
    }

    /// <summary>The lease is over before, so nobody has to wait for the row to stand still.</summary>
    /// <param name="attempts">Each after the first one over another connection.</param>
    private void EndRow(int attempts)
    {
        for (var i = 0; i < attempts && !_isRowEnded; i++)
        {
            try
            {
                _session ??= Connect();
                _session.End();
                _isRowEnded = true;
            }
            catch (Exception e)
            {
                _log.RowNotEnded(e);
            }

            _session?.Dispose();
            _session = null;
        }

        _isRowEnded = true;
    }

    private sealed class Hurried(PostgresMembers members) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0)
            {
                Interlocked.Decrement(ref members._hurried);
            }
        }
    }

    private sealed record Order(Func<MemberSession, bool> CarryOut)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
