using System.Numerics;
using System.Runtime.InteropServices;

namespace Realtime.Node.Telemetry.Metrics;

/// <summary>
/// A count that many threads add to: one place per core, so that they do not take a cache line from each other. What is counted where messages pass is counted in
/// these and looked at by the instruments; an instrument of its own would call every listener with every message.
/// </summary>
public sealed class StripedCounter
{
    private const int MostStripes = 16;

    private static readonly int Stripes = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Min(Environment.ProcessorCount, MostStripes));

    private readonly Stripe[] _stripes = new Stripe[Stripes];

    /// <summary>The sum. It may lack what is being added at the moment, and never goes back.</summary>
    public long Value
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _stripes.Length; i++)
            {
                sum += Interlocked.Read(ref _stripes[i].Count);
            }

            return sum;
        }
    }

    public void Add(long count) => Interlocked.Add(ref _stripes[Thread.GetCurrentProcessorId() & (Stripes - 1)].Count, count);

    /// <summary>As large as two cache lines: processors fetch them in pairs.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(0)]
        public long Count;
    }
}
