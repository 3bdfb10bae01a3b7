"""What can be mined: folders, wheels, sdists and installed packages. Archives are not trusted."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from punie_training.exceptions import DatasetError
from punie_training.mining import sources
from punie_training.mining.sources import open_source


def wheel(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def sdist(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def names(root: Path) -> list[str]:
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


def test_a_folder_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "shop"\nlicense = "MIT"')

    with open_source(str(tmp_path)) as project:
        assert (project.name, project.licence, project.root, project.origin) == ("shop", "MIT", tmp_path, "folder")


def test_a_wheel(tmp_path: Path) -> None:
    files = {
        "shop/cart.py": b"x = 1",
        "shop/logo.png": b"\x89PNG",
        "shop-1.0.dist-info/METADATA": b"Name: shop\nLicense-Expression: MIT\n",
    }

    with open_source(str(wheel(tmp_path / "shop-1.0-py3-none-any.whl", files))) as project:
        assert (project.name, project.licence, project.origin) == ("shop", "MIT", "archive")
        assert names(project.root) == ["shop-1.0.dist-info/METADATA", "shop/cart.py"]
        root = project.root
    assert not root.exists()


def test_an_sdist_begins_below_its_one_folder(tmp_path: Path) -> None:
    files = {"shop-1.0/PKG-INFO": b"Name: shop\nLicense: BSD\n", "shop-1.0/src/shop.py": b"x = 1"}

    with open_source(str(sdist(tmp_path / "shop-1.0.tar.gz", files))) as project:
        assert (project.name, project.licence) == ("shop", "BSD")
        assert names(project.root) == ["PKG-INFO", "src/shop.py"]


def test_an_installed_package_is_copied_and_not_imported() -> None:
    with open_source("detect-secrets") as project:
        assert (project.name, project.origin) == ("detect_secrets", "package") or project.name == "detect-secrets"
        assert "Apache" in project.licence
        assert "detect_secrets/core/scan.py" in names(project.root)


def test_an_archive_cannot_write_outside_of_its_folder(tmp_path: Path) -> None:
    files = {"../../evil.py": b"x", "/evil.py": b"x", "a/../../evil.py": b"x", "ok/a.py": b"x", "ok/b.py": b"x"}
    link = tarfile.TarInfo("ok/link.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    archive = tmp_path / "evil.tar"
    with tarfile.open(sdist(tmp_path / "e.tar.gz", files)) as old, tarfile.open(archive, "w") as new:
        for member in old:
            new.addfile(member, old.extractfile(member))
        new.addfile(link)

    with open_source(str(archive)) as project:
        assert names(project.root) == ["a.py", "b.py"]
        assert project.skipped == {"outside of it": 3}
    assert not list(tmp_path.rglob("evil.py"))


def test_large_files_and_bombs_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 2)
    files = {"big.py": b"#" * (sources.MOST_FILE + 1), **{f"shop/{i}.py": b"x" for i in range(4)}}
    path = wheel(tmp_path / "bomb.zip", files)

    with open_source(str(path)) as project:
        assert project.skipped == {"large": 1, "too many": 2}


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken", b"\x1f\x8bbroken"])
def test_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "shop.whl").write_bytes(content)

    with (
        pytest.raises(DatasetError, match=r"shop\.whl is no archive that can be read"),
        open_source(str(tmp_path / "shop.whl")),
    ):
        pass


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("no-such-package-here", "neither a path that exists nor an installed package. Install it"),
        ("nowhere/at/all", "nowhere/at/all is neither a path that exists nor the name of a package"),
        ("", "is neither a path|is not"),
    ],
)
def test_what_is_nothing_is_refused(source: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if not source:
        source = " "

    with pytest.raises(DatasetError, match=message), open_source(source):
        pass
