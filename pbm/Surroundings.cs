using System.Text;

namespace Realtime.Pbm;

/// <summary>What the program stands in: streams, terminal, environment, clock. Tests put it somewhere else.</summary>
internal sealed record Surroundings
{
    public required TextReader Input { get; init; }

    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public bool InputIsTerminal { get; init; }

    public bool OutputIsTerminal { get; init; }

    public bool ErrorIsTerminal { get; init; }

    /// <summary>Columns of the terminal, asked each time because windows are pulled.</summary>
    public Func<int> Width { get; init; } = static () => 80;

    public Func<int> Height { get; init; } = static () => 25;

    public Func<string, string?> Variable { get; init; } = static _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Who sits here, for the audit.</summary>
    public string Operator { get; init; } = "";

    /// <summary>Whether <c>q</c> was typed since it was last asked.</summary>
    public Func<bool> QuitTyped { get; init; } = static () => false;

    public static Surroundings OfProcess()
    {
        if (!Console.IsOutputRedirected && OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        }

        return new Surroundings
        {
            Input = Console.In,
            Output = Console.Out,
            Error = Console.Error,
            InputIsTerminal = !Console.IsInputRedirected,
            OutputIsTerminal = !Console.IsOutputRedirected,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            Width = static () => Console.WindowWidth,
            Height = static () => Console.WindowHeight,
            Variable = Environment.GetEnvironmentVariable,
            Operator = $"{Environment.UserName}@{Environment.MachineName}",
            QuitTyped = QuitTypedAtConsole,
        };
    }

    private static bool QuitTypedAtConsole()
    {
        while (!Console.IsInputRedirected && Console.KeyAvailable)
        {
            if (Console.ReadKey(intercept: true).Key is ConsoleKey.Q)
            {
                return true;
            }
        }

        return false;
    }
}
