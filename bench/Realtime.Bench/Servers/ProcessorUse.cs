using System.Globalization;
using Realtime.Bench.Load;

namespace Realtime.Bench.Servers;

/// <summary>
/// Who used the cores between two moments. What neither the server nor the load used is the kernel's own work on the sockets, or somebody else on the
/// machine: much of it, and the figure beside it is worth little.
/// </summary>
internal sealed record ProcessorUse(TimeSpan Server, TimeSpan Load, TimeSpan Others, TimeSpan Elapsed)
{
    // USER_HZ, a constant of the Linux interface whatever the kernel's own tick is.
    private const double TicksPerSecond = 100;

    private static readonly int[] BusyFields = [1, 2, 3, 6, 7, 8];

    public string Cores() => string.Create(
        CultureInfo.InvariantCulture, $"server {Server / Elapsed:0.00}, load {Load / Elapsed:0.00}, everything else {Others / Elapsed:0.00}");

    public static Func<ProcessorUse> Begin(TestBed bed) => Begin(() => bed.Server.ProcessorTime, () => bed.Fleet.ProcessorTime);

    public static Func<ProcessorUse> Begin(Func<TimeSpan> servers, Func<TimeSpan> loads)
    {
        var (server, load, machine, began) = (servers(), loads(), MachineBusy(), LoadClock.Now);
        return () =>
        {
            var serverUsed = servers() - server;
            var loadUsed = loads() - load;
            var others = MachineBusy() - machine - serverUsed - loadUsed;
            return new ProcessorUse(serverUsed, loadUsed, others < TimeSpan.Zero ? TimeSpan.Zero : others, TimeSpan.FromMicroseconds((LoadClock.Now - began) / 1000.0));
        };
    }

    /// <summary>User, nice, system, interrupt, soft interrupt and stolen time of all cores; idle and waiting for disks left out.</summary>
    private static TimeSpan MachineBusy()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = BusyFields.Sum(field => long.Parse(fields[field], CultureInfo.InvariantCulture));
        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }
}
