namespace Realtime.Node.Operations;

/// <summary>What this process costs its machine: how long it runs, its memory, and its share of the processors over the last seconds.</summary>
internal sealed class NodeVitals : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private (long At, TimeSpan Used) _before;
    private (long At, TimeSpan Used) _last;

    public NodeVitals(TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _before = _last = (_started, Environment.CpuUsage.TotalTime);
        _timer = time.CreateTimer(static state => ((NodeVitals)state!).Sample(), this, Every, Every);
    }

    public long UptimeSeconds => (long)_time.GetElapsedTime(_started).TotalSeconds;

    public static long Memory => Environment.WorkingSet;

    /// <summary>Share of one core: between the sample before the last one and now, so that it is never over a moment only.</summary>
    public double Cpu
    {
        get
        {
            lock (_lock)
            {
                var span = _time.GetElapsedTime(_before.At).TotalSeconds;
                return span <= 0 ? 0 : Math.Round(Math.Max(0, (Environment.CpuUsage.TotalTime - _before.Used).TotalSeconds) / span, 3);
            }
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Sample()
    {
        lock (_lock)
        {
            _before = _last;
            _last = (_time.GetTimestamp(), Environment.CpuUsage.TotalTime);
        }
    }
}
