using Realtime.Tests.Hosting;

namespace Realtime.Tests.Deployment;

/// <summary>The programs as <c>dotnet publish</c> lays them out, readable for everybody and writable for nobody but root.</summary>
public sealed class PublishedPrograms : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public PublishedPrograms()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }
    }

    /// <summary>Publishes what was built with these tests, on the first call.</summary>
    internal string Folder(string project)
    {
        var folder = _directory.File(project);
        if (!Directory.Exists(folder))
        {
            Dotnet.Run("publish", project, "--no-build", "-c", Dotnet.Configuration, "-o", folder, "-v", "q", "--nologo");
        }

        return folder;
    }

    internal string New(string name) => Directory.CreateDirectory(_directory.File(name)).FullName;

    public void Dispose() => _directory.Dispose();
}
