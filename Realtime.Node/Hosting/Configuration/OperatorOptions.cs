using Realtime.Node.Configuration;

namespace Realtime.Node.Hosting.Configuration;

/// <summary>The listener for operators, <c>Realtime:Operator</c>: their API, the dashboard, metrics and health. Never the clients' one.</summary>
public sealed class OperatorOptions
{
    /// <summary>Whether there is one. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// Where to listen: <c>localhost</c>, <c>*</c> for every address, or one IP address. Anything but loopback needs a <see cref="Key"/>. Default
    /// <c>localhost</c>.
    /// </summary>
    public string? Address { get; set; } = "localhost";

    /// <summary>TCP port, 0 to 65,535; 0 lets the system choose. Default the client port + 1000, 0 where that is 0.</summary>
    public int? Port { get; set; }

    /// <summary>May do everything: at least 16 printable ASCII characters without spaces. Default none: whoever is on this machine may.</summary>
    [Secret]
    public string? Key { get; set; }

    /// <summary>May look, and do nothing: as <see cref="Key"/>, and not without it. Default none.</summary>
    [Secret]
    public string? ViewKey { get; set; }

    /// <summary>Whether <c>/metrics</c> answers without a key. Default false.</summary>
    public bool OpenMetrics { get; set; }
}
