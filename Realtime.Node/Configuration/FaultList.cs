using System.Globalization;

namespace Realtime.Node.Configuration;

/// <summary>Collects what is wrong, each fault with the path an operator can search for.</summary>
public sealed class FaultList
{
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> All => _faults;

    public void Add(string path, string fault) => _faults.Add($"{path} {fault}");

    public void Range(string path, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            Add(path, $"must be between {Number(least)} and {Number(most)}, is {Number(value)}");
        }
    }

    public void Range(string path, ByteSize value, ByteSize least, ByteSize most)
    {
        if (value.Bytes < least.Bytes || value.Bytes > most.Bytes)
        {
            Add(path, $"must be between {least} and {most}, is {value}");
        }
    }

    public void Range(string path, TimeSpan value, TimeSpan least, TimeSpan most)
    {
        if (value < least || value > most)
        {
            Add(path, $"must be between {DurationText.Format(least)} and {DurationText.Format(most)}, is {DurationText.Format(value)}");
        }
    }

    public void Range(string path, double value, double least, double most)
    {
        if (!(value >= least && value <= most))
        {
            Add(path, string.Create(CultureInfo.InvariantCulture, $"must be between {least} and {most}, is {value}"));
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
