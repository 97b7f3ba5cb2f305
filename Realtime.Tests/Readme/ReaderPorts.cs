using System.Globalization;
using System.Text.RegularExpressions;
using Realtime.Tests.Support;

namespace Realtime.Tests.Readme;

/// <summary>Free ports in place of those that a page names; each with its operators' port, 1000 above it.</summary>
internal sealed partial class ReaderPorts : IDisposable
{
    private const int Default = 8080;
    private const int Operators = 1000;
    private const int Tries = 100;

    private readonly Dictionary<int, int> _ports = [];
    private readonly List<FileStream> _held = [];

    public ReaderPorts(IEnumerable<string> lines)
    {
        _ports[Default] = TakePair();
        foreach (var port in lines.SelectMany(line => Told().Matches(line)).Select(match => Number(match.Groups[1].Value)))
        {
            if (!_ports.ContainsKey(port))
            {
                _ports[port] = TakePair();
            }
        }
    }

    /// <summary>Of a node that is told no port.</summary>
    public int Clients => _ports[Default];

    /// <summary>The port for clients that a line tells its node.</summary>
    public static int? Of(string line) => Told().Match(line) is { Success: true } match ? Number(match.Groups[1].Value) : null;

    public string Replace(string text) => Named().Replace(text, match => match.Groups[1].Value + Stead(Number(match.Groups[2].Value)).ToString(CultureInfo.InvariantCulture));

    public void Dispose() => _held.ForEach(file => file.Dispose());

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    private int Stead(int port) =>
        _ports.TryGetValue(port, out var clients) ? clients
        : _ports.TryGetValue(port - Operators, out clients) ? clients + Operators
        : throw new InvalidOperationException($"port {port} is no node's of this page");

    private int TakePair()
    {
        for (var left = Tries; left > 0; left--)
        {
            var port = FreePort.Take();
            if (FreePort.TryLock(port + Operators) is not { } held)
            {
                continue;
            }

            _held.Add(held);
            if (FreePort.IsFree(port + Operators))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"none of {Tries} ports was free together with its operators' port");
    }

    [GeneratedRegex(@"--port (\d+)")]
    private static partial Regex Told();

    [GeneratedRegex(@"(--port |localhost:)(\d+)")]
    private static partial Regex Named();
}
