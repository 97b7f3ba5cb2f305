namespace Realtime.Node.Telemetry;

/// <summary>How log lines look.</summary>
public enum LogFormat
{
    Text = 1,
    Json = 2,
}
